import { createPublicKey, type KeyObject } from 'node:crypto'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { HsmError } from './error.ts'

const LABEL_BYTES_AT_MOST = 128
/** Of one request; a message of several goes in pieces over a chaining value that the caller keeps. */
export const DATA_BYTES_AT_MOST = 65_536
const SPKI_P256 = fromHex('3059301306072A8648CE3D020106082A8648CE3D030107034200')

/** These bytes when they are as many as they must be. Throws INVALID_INPUT_DATA. */
export function expectBytes(what: string, value: Uint8Array, length: number): Uint8Array {
  if (value instanceof Uint8Array && value.length === length) return value
  throw new HsmError('INVALID_INPUT_DATA', `expected ${what} of ${length} bytes, got ${value?.length}`)
}

/** Throws INVALID_INPUT_DATA, DATA_TOO_LONG. */
export function expectData(data: Uint8Array): Uint8Array {
  if (!(data instanceof Uint8Array))
    throw new HsmError('INVALID_INPUT_DATA', `expected bytes, got ${typeof data}`)
  if (data.length <= DATA_BYTES_AT_MOST) return data
  throw new HsmError('DATA_TOO_LONG', `expected at most ${DATA_BYTES_AT_MOST} bytes, got ${data.length}`)
}

/** Data of whole blocks, at least one. Throws INVALID_INPUT_DATA, DATA_TOO_LONG. */
export function expectBlocks(data: Uint8Array, block: number): Uint8Array {
  if (expectData(data).length > 0 && data.length % block === 0) return data
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected whole blocks of ${block} bytes, got ${data.length} bytes`,
  )
}

/** Throws INVALID_INPUT_DATA. */
export function expectLabel(label: string): string {
  const length = Buffer.byteLength(label)
  if (length > 0 && length <= LABEL_BYTES_AT_MOST) return label
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected a key label of 1 to ${LABEL_BYTES_AT_MOST} bytes, got ${length}`,
  )
}

/** Throws INVALID_INPUT_DATA unless `value` is one of the known ones. */
export function expectOneOf<Known extends string>(
  what: string,
  value: string,
  known: readonly Known[],
): Known {
  if (known.includes(value as Known)) return value as Known
  throw new HsmError('INVALID_INPUT_DATA', `expected ${what} ${known.join(' or ')}, got ${value}`)
}

/** Uncompressed point, 65 bytes: the end of the SPKI. Node checks that it lies on the curve. Throws INVALID_INPUT_DATA. */
export function p256PointOf(spkiPem: string): Uint8Array {
  const key = readPublicKey(spkiPem)
  const curve = key?.asymmetricKeyDetails?.namedCurve
  if (key === null || curve !== 'prime256v1')
    throw new HsmError(
      'INVALID_INPUT_DATA',
      `expected a P-256 public key in PEM, got ${curve ?? 'something else'}`,
    )
  return new Uint8Array(key.export({ type: 'spki', format: 'der' })).slice(SPKI_P256.length)
}

function readPublicKey(spkiPem: string): KeyObject | null {
  try {
    return createPublicKey(spkiPem)
  } catch {
    return null
  }
}
