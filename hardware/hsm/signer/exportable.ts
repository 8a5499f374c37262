import { HsmError } from '../error.ts'
import { isRsa } from '../hierarchy/algorithms.ts'
import { type BlockCode, blockCodeOf, isNoStronger } from '../hierarchy/block-codes.ts'
import { USAGES } from '../hierarchy/usages.ts'
import type { KeyRecord } from '../keys/sealed-key.ts'

/**
 * What the header says of a key that leaves under another one, or by a key distribution host. Throws KEY_NOT_EXPORTABLE unless the hierarchy
 * and the key itself let it.
 */
export function exportableCode(
  { label, usage, algorithm, exportable }: KeyRecord,
  under: KeyRecord,
): BlockCode {
  const code = blockCodeOf(usage, algorithm)
  const leaves = USAGES[usage].leavesUnder.includes(under.usage)
  // Of a host it is the receiver's RSA key that carries; TR-34 has one of 2048 bits carry keys of every kind.
  const weaker = !isRsa(under.algorithm) && !isNoStronger(algorithm, under.algorithm)
  const problem = [
    [!exportable, 'one that was not made so'],
    [code === null || !leaves, `one of usage "${usage}" and ${algorithm}`],
    [weaker, `${algorithm} under ${under.algorithm}, which is weaker`],
  ].find(([wrong]) => wrong)
  if (code !== null && problem === undefined) return code
  throw new HsmError(
    'KEY_NOT_EXPORTABLE',
    `expected key "${label}" to be exportable under "${under.label}", got ${problem?.[1]}`,
  )
}
