import { DerError } from './error.ts'
import { isConstructed, isDerForm } from './tags.ts'

/** One object in DER (X.690). */
export interface Der {
  /** Identifier octet. */
  tag: number
  /** Contents octets. */
  value: Uint8Array
  /** The whole object, as it was read: what signatures are made over. */
  raw: Uint8Array
  /** The objects inside; none when the tag is primitive. */
  children: readonly Der[]
}

// Certificates nest a dozen deep; a bound keeps hostile input from exhausting the stack.
const MAX_DEPTH = 48
const MAX_LENGTH_BYTES = 4
const LONG_TAG = 0x1f
const LONG_LENGTH = 0x80

/** Reads exactly one object and everything inside it. Throws {@link DerError}: definite, shortest lengths only, nothing behind. */
export function parseDer(bytes: Uint8Array): Der {
  const [first, ...others] = parseDerList(bytes)
  if (first === undefined || others.length > 0)
    throw new DerError(`DER: expected one object, got ${others.length + (first === undefined ? 0 : 1)}`)
  return first
}

/** Reads objects that follow each other without a frame, and everything inside them. Throws {@link DerError}. */
export function parseDerList(bytes: Uint8Array): Der[] {
  // A plain view: slices of a Buffer would not be copies.
  return parseRange(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0, 0)
}

function parseRange(bytes: Uint8Array, base: number, depth: number): Der[] {
  if (depth > MAX_DEPTH) throw new DerError(`DER: expected at most ${MAX_DEPTH} levels`)
  const objects: Der[] = []
  let offset = 0
  while (offset < bytes.length) {
    const object = parseObject(bytes.subarray(offset), base + offset, depth)
    objects.push(object)
    offset += object.raw.length
  }
  return objects
}

function parseObject(bytes: Uint8Array, at: number, depth: number): Der {
  const tag = bytes[0] ?? 0
  if ((tag & LONG_TAG) === LONG_TAG) throw broken(at, 'a tag of one byte')
  if (tag === 0 || !isDerForm(tag)) throw broken(at, 'a tag of DER')
  const { start, length } = parseLength(bytes, at)
  if (length > bytes.length - start) throw broken(at, `${length} bytes, got ${bytes.length - start}`)
  const value = bytes.subarray(start, start + length)
  const children = isConstructed(tag) ? parseRange(value, at + start, depth + 1) : []
  return { tag, value, raw: bytes.subarray(0, start + length), children }
}

function parseLength(bytes: Uint8Array, at: number): { start: number; length: number } {
  const first = bytes[1]
  if (first === undefined) throw broken(at, 'a length, got the end')
  if (first < LONG_LENGTH) return { start: 2, length: first }
  const count = first - LONG_LENGTH
  if (count === 0 || count > MAX_LENGTH_BYTES)
    throw broken(at, `a definite length of up to ${MAX_LENGTH_BYTES} bytes`)
  const digits = bytes.subarray(2, 2 + count)
  const length = digits.reduce((sum, byte) => sum * 256 + byte, 0)
  // X.690, 10.1: the shortest form.
  if (digits.length < count || digits[0] === 0 || length < LONG_LENGTH)
    throw broken(at, 'the shortest length')
  return { start: 2 + count, length }
}

function broken(at: number, expected: string): DerError {
  return new DerError(`DER at byte ${at}: expected ${expected}`)
}
