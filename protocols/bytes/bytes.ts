/** Upper-case hexadecimal, no separators. */
export function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase()
}

/** Bytes of hexadecimal text; blanks between bytes are allowed. Throws a TypeError on anything else. */
export function fromHex(text: string): Uint8Array {
  const digits = text.replace(/\s+/g, '')
  if (digits.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(digits)) {
    throw new TypeError(
      `expected pairs of hexadecimal digits, got ${digits.length} characters: ${preview(digits)}`,
    )
  }
  return new Uint8Array(Buffer.from(digits, 'hex'))
}

/** All parts, one after the other. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts))
}

/** Whether both hold the same bytes. Not constant in time: for public values only. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

/** The ASCII bytes of `text`, zero-padded on the right to `length`. Throws a RangeError if they do not fit or are not ASCII. */
export function asciiPadded(text: string, length: number): Uint8Array {
  if (/[^\x20-\x7e]/.test(text)) throw new RangeError('expected printable ASCII characters, got others')
  const bytes = Buffer.from(text, 'ascii')
  if (bytes.length > length)
    throw new RangeError(`expected at most ${length} ASCII characters, got ${bytes.length}`)
  return concat(bytes, new Uint8Array(length - bytes.length))
}

function preview(text: string): string {
  return text.length > 16 ? `${text.slice(0, 16)}…` : text
}
