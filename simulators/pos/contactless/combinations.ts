import { select } from '../../../protocols/apdu/commands.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { requireTag, type Tlv } from '../../../protocols/tlv/tlv.ts'
import { dataOf, mandatory, optional, templateOf } from '../card-data.ts'
import type { CardSession } from '../card-session.ts'
import { reading } from '../step.ts'
import type { Combination } from './configuration.ts'
import { type Ending, go, lost, otherCard, type Phase, stop } from './endings.ts'

/** An application of the card's directory that the terminal has a kernel for, Book B, 3.3.2. */
export interface Candidate {
  /** ADF Name, upper-case hexadecimal. */
  adf: string
  /** What SELECT names: the ADF name, with the extended selection where both sides have it. */
  name: Uint8Array
  /** 1 (first) to 15; 16 when the card gives it no place. */
  priority: number
  combination: Combination
}

/** One application template of the directory. */
export interface DirectoryEntry {
  adf: string
  priority: number
  /** 9F2A; null when absent. */
  kernelIdentifier: Uint8Array | null
  /** 9F29; null when absent. */
  extendedSelection: Uint8Array | null
}

const PPSE = new TextEncoder().encode('2PAY.SYS.DDF01')
const NO_PRIORITY = 16

/** Kernels by RID when the card names none, Book B, Table 3-6. */
const DEFAULT_KERNELS: ReadonlyMap<string, number> = new Map([
  ['A000000004', 2],
  ['A000000003', 3],
  ['A000000025', 4],
  ['A000000065', 5],
  ['A000000152', 6],
  ['A000000333', 7],
])
/** Any kernel of the reader will do. */
const ANY_KERNEL = 0

/** Selects the PPSE and reads its directory, Book B, 3.3.2.2 and 3.3.2.3. */
export async function readDirectory(session: CardSession): Promise<Phase<DirectoryEntry[]>> {
  const name = 'SELECT 2PAY.SYS.DDF01'
  const answer = await session.send(name, select(PPSE))
  if (!answer.done) return stop(lost(answer.outcome))
  const { sw } = answer.value
  if (sw !== 0x9000) return stop(otherCard('NO PPSE', `${name}: ${describeStatus(sw)}`, { sw }))
  const read = reading(name, () => entriesOf(templateOf(answer.value, '6F')))
  return read.done ? go(read.value) : stop(otherCard('PPSE FAULT', read.outcome.reason ?? name))
}

/** The candidate list, Book B, 3.3.2.4 to 3.3.2.6: best first, equals in the order of the directory. */
export function listCandidates(
  entries: readonly DirectoryEntry[],
  combinations: readonly Combination[],
): Candidate[] {
  return entries
    .flatMap((entry) => combinations.flatMap((combination) => candidateOf(entry, combination) ?? []))
    .sort((a, b) => a.priority - b.priority)
}

/** No application is left: the card is for another reader (Book B, 3.3.2.7). `last`: why the last one was not wanted, if it came so far. */
export function noCandidate(last: Pick<Ending, 'error' | 'reason'> | null): Ending {
  if (last === null)
    return otherCard('EMPTY CANDIDATE LIST', 'card and terminal have no application in common')
  const { l2, sw } = last.error
  return otherCard(l2, `no other application in common: ${last.reason}`, { sw })
}

/**
 * The kernel that a directory entry asks for (9F2A), Book B, 3.3.2.5: 0 for any; null when the entry is to be passed over. International
 * kernels are byte 1; domestic ones are bytes 1 to 3 as one number.
 */
export function requestedKernel({ adf, kernelIdentifier }: DirectoryEntry): number | null {
  const [type, second = 0, third = 0] = kernelIdentifier ?? []
  if (type === undefined) return DEFAULT_KERNELS.get(adf.slice(0, 10)) ?? ANY_KERNEL
  if (type < 0x80) return type
  if ((kernelIdentifier?.length ?? 0) < 3) return null
  return (type & 0x3f) === 0 ? ANY_KERNEL : type * 0x10000 + second * 0x100 + third
}

function candidateOf(entry: DirectoryEntry, combination: Combination): Candidate | null {
  const { adf, priority, extendedSelection } = entry
  const kernel = requestedKernel(entry)
  if (!adf.startsWith(combination.aid) || (kernel !== ANY_KERNEL && kernel !== combination.kernel))
    return null
  const more = combination.extendedSelection ? extendedSelection : null
  return { adf, name: concat(fromHex(adf), more ?? new Uint8Array()), priority, combination }
}

function entriesOf(fci: Tlv): DirectoryEntry[] {
  const children = fci.children ?? []
  requireTag(children, '84')
  const issuerData = requireTag(requireTag(children, 'A5').children ?? [], 'BF0C')
  return (issuerData.children ?? []).filter(({ tag }) => tag === '61').map(entryOf)
}

function entryOf(template: Tlv): DirectoryEntry {
  const data = dataOf(template)
  const [priority = 0] = optional(data, '87', 1) ?? []
  return {
    adf: toHex(mandatory(data, '4F', 5, 16)),
    priority: priority & 0x0f || NO_PRIORITY,
    kernelIdentifier: optional(data, '9F2A', 1, 8),
    extendedSelection: optional(data, '9F29', 1, 11),
  }
}
