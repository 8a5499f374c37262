import { parseTlv, TlvError } from '../../../protocols/tlv/tlv.ts'

/** The value of the one data object that GET DATA answers with, EMV 4.4 Book 3, 6.5.7.4; null for anything else. */
export function templateless(data: Uint8Array, tag: string): Uint8Array | null {
  try {
    const [object, ...others] = parseTlv(data)
    return object?.tag === tag && others.length === 0 ? object.value : null
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}
