import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { CardDataError } from '../step.ts'

/** A track taken apart at its discretionary data, ISO/IEC 7813. */
export interface Track {
  /** Account number, expiry, service code and everything between them. */
  fixed: string
  discretionary: string
}

/** Track 2 Data, 9F6B: PAN, D, YYMM, service code, discretionary data, filler F. Throws `CardDataError`. */
export function splitTrack2(value: Uint8Array): Track {
  const [, fixed, discretionary] = /^(\d{1,19}D\d{7})(\d*)F?$/.exec(toHex(value)) ?? []
  if (fixed === undefined || discretionary === undefined)
    throw new CardDataError('expected PAN, D, expiry, service code and digits in 9F6B')
  return { fixed, discretionary }
}

export function joinTrack2({ fixed, discretionary }: Track): Uint8Array {
  const digits = fixed + discretionary
  return fromHex(digits.length % 2 === 0 ? digits : `${digits}F`)
}

/** Track 1 Data, 56: B, PAN, ^, name, ^, YYMM, service code, discretionary data. Throws `CardDataError`. */
export function splitTrack1(value: Uint8Array): Track {
  const text = Buffer.from(value).toString('latin1')
  const [, fixed, discretionary] = /^(B\d{1,19}\^[^^]{2,26}\^\d{7})([^^]*)$/.exec(text) ?? []
  if (fixed === undefined || discretionary === undefined)
    throw new CardDataError('expected B, PAN, name, expiry, service code and discretionary data in 56')
  return { fixed, discretionary }
}

export function joinTrack1({ fixed, discretionary }: Track): Uint8Array {
  return new Uint8Array(Buffer.from(fixed + discretionary, 'latin1'))
}
