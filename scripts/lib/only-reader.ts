import { listReaders } from '../../hardware/pcsc/pcsc-reader.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'

/** The name of the reader, when there is but one. Throws `ConfigurationError`. */
export function onlyReader(): string {
  const readers = listReaders()
  const [first] = readers
  if (first !== undefined && readers.length === 1) return first
  const names = readers.map((name) => `"${name}"`).join(', ') || 'none'
  throw new ConfigurationError(`expected --reader NAME, one of: ${names}`)
}
