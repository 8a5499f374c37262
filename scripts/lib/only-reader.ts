import { listReaders, listReadersWithCard } from '../../hardware/pcsc/pcsc-reader.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'

/** The name of the reader when there is but one, or but one with a card. Throws `ConfigurationError`. */
export function onlyReader(): string {
  const readers = listReaders()
  const [first, second] = readers.length > 1 ? listReadersWithCard() : readers
  if (first !== undefined && second === undefined) return first
  const names = readers.map((name) => `"${name}"`).join(', ') || 'none'
  throw new ConfigurationError(`expected a card in exactly one reader, or --reader NAME, one of: ${names}`)
}
