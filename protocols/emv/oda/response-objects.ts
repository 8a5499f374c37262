import { concat } from '../../bytes/bytes.ts'
import { parseTlv, type Tlv, TlvError } from '../../tlv/tlv.ts'
import { type Checked, failure } from './reasons.ts'

const SIGNED_DYNAMIC_DATA = '9F4B'
const SECTION = 'Book 2, 6.6.2'

/**
 * The data objects of a GENERATE AC response (template 77) without Signed Dynamic Application Data, byte for byte as the card sent them:
 * what the Transaction Data Hash Code is made over.
 */
export function responseObjects(response: Uint8Array): Checked<{ objects: Uint8Array }> {
  const template = parsed(response)
  if (template === null) return failure('response_malformed', SECTION)
  const parts: Uint8Array[] = []
  // Lengths may be coded longer than need be, so that the objects are cut out and not written anew.
  let start = template.value.byteOffset
  for (const { tag, value } of template.children ?? []) {
    const end = value.byteOffset + value.length
    const bytes = template.value.subarray(start - template.value.byteOffset, end - template.value.byteOffset)
    if (tag !== SIGNED_DYNAMIC_DATA) parts.push(bytes)
    start = end
  }
  return { ok: true, objects: concat(...parts) }
}

function parsed(response: Uint8Array): Tlv | null {
  try {
    const [first, ...others] = parseTlv(response)
    return first?.tag === '77' && others.length === 0 ? first : null
  } catch (error) {
    if (error instanceof TlvError) return null
    throw error
  }
}
