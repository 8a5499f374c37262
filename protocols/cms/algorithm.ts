import { DerError } from '../der/error.ts'
import { Fields } from '../der/fields.ts'
import type { Der } from '../der/reader.ts'
import { TAG } from '../der/tags.ts'
import { oidText } from '../der/values.ts'
import { nothing, oid, sequence } from '../der/writer.ts'

/** AlgorithmIdentifier; without parameters given, they are NULL. */
export function algorithm(type: string, parameters: Uint8Array = nothing()): Uint8Array {
  return sequence(oid(type), parameters)
}

/** Algorithm and parameters of an AlgorithmIdentifier; absent parameters and NULL are null. Throws DerError. */
export function readAlgorithm(der: Der): { type: string; parameters: Der | null } {
  const fields = new Fields(der, TAG.sequence, 'AlgorithmIdentifier')
  const type = oidText(fields.take(TAG.oid, 'algorithm'))
  const absent = der.children.length === 1 || fields.optional(TAG.null) !== undefined
  const parameters = absent ? null : fields.any('parameters')
  fields.end()
  return { type, parameters }
}

/** Says that an AlgorithmIdentifier is one of these, without parameters. Throws DerError. */
export function expectAlgorithm(der: Der, what: string, ...types: readonly string[]): void {
  const { type, parameters } = readAlgorithm(der)
  if (!types.includes(type) || parameters !== null)
    throw new DerError(`${what}: expected ${types.join(' or ')}, got ${type}`)
}
