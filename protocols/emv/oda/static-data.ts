import { concat, toHex } from '../../bytes/bytes.ts'
import { parseTlv, TlvError } from '../../tlv/tlv.ts'
import { type Checked, failure } from './reasons.ts'
import type { RsaPrivateKey, RsaPublicKey } from './rsa.ts'
import { contentRoom, hashFits, recoverData, SHA_1, signData } from './signed-data.ts'

const FORMAT = 0x03
const FILLER = 0xbb
const SECTION = 'Book 2, 5.4'
const DATA_SECTION = 'Book 3, 10.3'
const LAST_SFI_OF_EMV = 10

/** A record that the AFL names for offline data authentication. */
export interface AuthenticatedRecord {
  /** Short file identifier, 1 to 30. */
  sfi: number
  /** The data field of the READ RECORD response. */
  bytes: Uint8Array
}

/**
 * The static data to be authenticated, EMV 4.4 Book 3, 10.3: the records in the order of the AFL (of SFI 1 to 10 without tag 70 and its
 * length), then the AIP when tag 9F4A asks for it. `tagList`: tag 9F4A, null when the card has none; `aip`: tag 82.
 */
export function staticDataToAuthenticate(
  records: readonly AuthenticatedRecord[],
  tagList: Uint8Array | null,
  aip: Uint8Array,
): Checked<{ data: Uint8Array }> {
  const parts: Uint8Array[] = []
  for (const { sfi, bytes } of records) {
    const value = template70(bytes)
    if (value === null) return failure('record_not_template_70', DATA_SECTION)
    parts.push(sfi <= LAST_SFI_OF_EMV ? value : bytes)
  }
  if (tagList === null) return { ok: true, data: concat(...parts) }
  if (toHex(tagList) !== '82') return failure('tag_list_wrong', DATA_SECTION)
  return { ok: true, data: concat(...parts, aip) }
}

/** Signed Static Application Data (tag 93), EMV 4.4 Book 2, 5.4. `code`: Data Authentication Code (tag 9F45), 2 bytes. */
export function signStaticData(issuer: RsaPrivateKey, code: Uint8Array, staticData: Uint8Array): Uint8Array {
  const start = concat(Uint8Array.of(FORMAT, SHA_1), code)
  const filler = new Uint8Array(contentRoom(issuer.length) - start.length).fill(FILLER)
  return signData(issuer, concat(start, filler), staticData)
}

/** Static data authentication, EMV 4.4 Book 2, 5.4: proves `staticData` and gives the Data Authentication Code. */
export function verifyStaticData(
  issuer: RsaPublicKey,
  signed: Uint8Array,
  staticData: Uint8Array,
): Checked<{ dataAuthenticationCode: Uint8Array }> {
  const recovered = recoverData(issuer, signed, FORMAT, SECTION)
  if (!recovered.ok) return recovered
  if (recovered.content[1] !== SHA_1) return failure('hash_algorithm_unknown', SECTION)
  if (!hashFits(recovered, staticData)) return failure('hash_wrong', SECTION)
  return { ok: true, dataAuthenticationCode: recovered.content.slice(2, 4) }
}

function template70(record: Uint8Array): Uint8Array | null {
  try {
    const [first, ...others] = parseTlv(record)
    return first?.tag === '70' && others.length === 0 ? first.value : null
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}
