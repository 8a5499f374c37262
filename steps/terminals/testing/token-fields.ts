import { type Der, parseDer } from '../../../protocols/der/reader.ts'

const MESSAGE = [1, 0]
const SIGNER = [...MESSAGE, 4, 0]
const CONTENT = [...MESSAGE, 2, 1, 0]

/** Fields of a key token (TR-34:2019, B.9; RFC 5652, 5.1 and 6.1): by which children one comes to them, and inside the content. */
const FIELDS: Readonly<Record<string, readonly [outside: readonly number[], inside?: readonly number[]]>> = {
  'type of the message': [[0]],
  'version of the message': [[...MESSAGE, 0]],
  'digest algorithm': [[...MESSAGE, 1, 0, 0]],
  'type of the content': [[...MESSAGE, 2, 0]],
  "recipient's name": [CONTENT, [1, 0, 1, 0]],
  "recipient's certificate number": [CONTENT, [1, 0, 1, 1]],
  'enciphered content key': [CONTENT, [1, 0, 3]],
  'initialisation vector': [CONTENT, [2, 1, 1]],
  'enciphered key block': [CONTENT, [2, 2]],
  'revocation list': [[...MESSAGE, 3, 0, 2]],
  "signer's name": [[...SIGNER, 1, 0]],
  "signer's certificate number": [[...SIGNER, 1, 1]],
  // DER sorts the attributes of a SET (X.690, 11.6).
  'signed type of the content': [[...SIGNER, 3, 0, 1, 0]],
  'random number': [[...SIGNER, 3, 1, 1, 0]],
  'digest of the content': [[...SIGNER, 3, 2, 1, 0]],
  'key block header': [[...SIGNER, 3, 3, 1, 0]],
  'signature algorithm': [[...SIGNER, 4, 0]],
  signature: [[...SIGNER, 5]],
}

/** A token with one bit flipped, the lowest of the field's last byte. Throws for a field that no token has. */
export function flippedToken(token: Uint8Array, field: string): Uint8Array {
  const [outside, inside] = FIELDS[field] ?? missing(field)
  const outer = at(parseDer(token), outside, field)
  const found = inside === undefined ? outer : at(parseDer(outer.value), inside, field)
  const changed = Uint8Array.from(token)
  const last = offsetOf(token, found) + found.raw.length - 1
  changed[last] = (changed[last] ?? 0) ^ 1
  return changed
}

function at(der: Der, path: readonly number[], field: string): Der {
  return path.reduce((one, index) => one.children[index] ?? missing(field), der)
}

/** Readers give views of what they read. */
function offsetOf(token: Uint8Array, { raw }: Der): number {
  return raw.byteOffset - token.byteOffset
}

function missing(field: string): never {
  throw new Error(`expected a field of a key token, one of ${Object.keys(FIELDS).join(', ')}; got "${field}"`)
}
