import { lowestOne, ones } from './counter.ts'
import { DukptError } from './error.ts'
import { ID_BYTES } from './ksn.ts'
import type { DukptScheme } from './scheme.ts'

/** A device put away as JSON. It holds keys in clear: the owner keeps it as he would the device. */
export interface SavedDevice {
  scheme: DukptScheme['name']
  /** 8 bytes, hexadecimal. */
  id: string
  /** Of the next transaction; null when exhausted. */
  counter: number | null
  /** Future keys, hexadecimal, from the counter's lowest bit on; null where there is none. */
  registers: (string | null)[]
}

/** Throws a {@link DukptError} unless this is a state that a device of `scheme` can be in. */
export function checkSaved(scheme: DukptScheme, saved: SavedDevice): void {
  const { id, counter, registers } = saved
  if (saved.scheme !== scheme.name) throw damaged(`the scheme ${scheme.name}`, saved.scheme)
  if (!isHex(id) || id.length !== ID_BYTES * 2)
    throw damaged(`${ID_BYTES * 2} hexadecimal digits`, 'another id')
  if (counter !== null && !isTransaction(scheme, counter))
    throw damaged('the counter of a transaction', `${counter}`)
  if (registers.length !== scheme.counterBits)
    throw damaged(`${scheme.counterBits} registers`, `${registers.length}`)
  for (const [bit, key] of registers.entries()) checkRegister(scheme, counter, bit, key)
  const lengths = new Set(registers.flatMap((key) => (key === null ? [] : [key.length / 2])))
  if (lengths.size > 1) throw damaged('keys of one length', `${[...lengths].join(' and ')} bytes`)
}

/** Throws a {@link DukptError} for a key that is not as long as those of the scheme. */
export function checkKey(scheme: DukptScheme, bytes: number): void {
  if (scheme.keyBytes.includes(bytes)) return
  const lengths = scheme.keyBytes.join(' or ')
  throw new DukptError(`a ${scheme.name} DUKPT key of ${lengths} bytes`, `${bytes}`, 'give another key')
}

/** The error of a device that can do nothing more. */
export function damaged(expected: string, came: string): DukptError {
  return new DukptError(expected, came, 'inject a new initial key')
}

function isTransaction(scheme: DukptScheme, counter: number): boolean {
  const fits = Number.isInteger(counter) && counter > 0 && counter < 2 ** scheme.counterBits
  return fits && ones(counter) <= scheme.maxOnes
}

function checkRegister(scheme: DukptScheme, counter: number | null, bit: number, key: string | null): void {
  if ((key !== null) !== isFilled(counter, 2 ** bit))
    throw damaged(`register ${bit} ${key === null ? 'filled' : 'empty'}`, 'the opposite')
  if (key === null) return
  // Checked here, since what reads hexadecimal quotes what it cannot read.
  if (!isHex(key)) throw damaged(`hexadecimal digits in register ${bit}`, 'something else')
  checkKey(scheme, key.length / 2)
}

/** Keys are where the counter has a zero to the left of its lowest one, and at that one. */
function isFilled(counter: number | null, one: number): boolean {
  if (counter === null) return false
  const lowest = lowestOne(counter)
  return one === lowest || (one > lowest && (counter & one) === 0)
}

function isHex(text: string): boolean {
  return /^([0-9A-Fa-f]{2})*$/.test(text)
}
