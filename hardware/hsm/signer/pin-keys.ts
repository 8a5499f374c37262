import { AES_DUKPT, aesWorkingKey } from '../../../protocols/dukpt/aes.ts'
import { hostTransactionKey, transactionKey } from '../../../protocols/dukpt/host.ts'
import { readKsn } from '../../../protocols/dukpt/ksn.ts'
import type { DukptScheme, Ksn } from '../../../protocols/dukpt/scheme.ts'
import { TDES_DUKPT, tdesWorkingKey } from '../../../protocols/dukpt/tdes.ts'
import type { PinEncipherment } from '../../../protocols/pin/encipher.ts'
import type { PinFormat } from '../../../protocols/pin/formats.ts'
import { HsmError } from '../error.ts'
import { withClearKey } from './clear-keys.ts'
import type { Signer } from './signer.ts'

/** Formats that cross a network; format 2 is for the card alone (ISO 9564-1:2017, 9.3.4). */
export type NetworkPinFormat = Exclude<PinFormat, 2>

/**
 * How an enciphered PIN block was, or will be, made. `key`: label of a PIN working key, or with `ksn` (10 bytes TDES, 12 AES) of a DUKPT
 * base or initial key. `pan`: for formats 0, 3 and 4.
 */
export interface PinSide {
  readonly key: string
  readonly ksn?: Uint8Array
  readonly format: NetworkPinFormat
  readonly pan?: string
}

type PinPurpose = 'encipher PINs' | 'decipher PINs'

const AES = ['aes-128', 'aes-192', 'aes-256'] as const
const TDES = ['tdes-2', 'tdes-3'] as const
const AES_TYPES = { 16: 'AES128', 24: 'AES192', 32: 'AES256' } as const

/** Runs `action` with the clear key of one side; its bytes are overwritten then. Throws as {@link withClearKey}. */
export function withPinKey<Result>(
  signer: Signer,
  { key: label, ksn, format, pan }: PinSide,
  purpose: PinPurpose,
  action: (side: PinEncipherment) => Result,
): Result {
  if (ksn === undefined)
    return withClearKey(signer, label, purpose, (key) => {
      // By its kind and not its length: an AES key of 16 bytes would do as two keys of TDES.
      signer.ring.expect(label, format === 4 ? AES : TDES)
      return action({ format, key, pan })
    })
  const isBase = signer.ring.recordOf(label).usage === 'DUKPT base'
  const scheme = signer.ring.recordOf(label).algorithm === 'tdes-2' ? TDES_DUKPT : AES_DUKPT
  return withClearKey(signer, label, 'derive transaction keys', (value) => {
    const number = ksnOf(scheme, ksn)
    const transaction = isBase ? hostTransactionKey(value, number) : transactionKey(value, number)
    const key = pinWorkingKey(transaction, number, format)
    try {
      return action({ format, key, pan })
    } finally {
      transaction.fill(0)
      key.fill(0)
    }
  })
}

/** Format 4 takes an AES key, the others two-key TDES, whichever DUKPT it comes from (X9.24-3:2017, 6.3.2, table 2). */
function pinWorkingKey(transaction: Uint8Array, ksn: Ksn, format: PinFormat): Uint8Array {
  if (ksn.scheme === TDES_DUKPT) return tdesWorkingKey(transaction, 'pin')
  const type = format === 4 ? AES_TYPES[transaction.length as 16 | 24 | 32] : 'TDES2'
  return aesWorkingKey(transaction, ksn, 'pinEncryption', type)
}

function ksnOf(scheme: DukptScheme, bytes: Uint8Array): Ksn {
  const reading = readKsn(scheme, bytes)
  if (reading.ok) return reading.ksn
  throw new HsmError('INVALID_INPUT_DATA', `expected a KSN of ${scheme.name} DUKPT, got ${reading.reason}`)
}
