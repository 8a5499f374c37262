const SCALAR_BYTES = 32

/**
 * `r || s` (64 bytes, as CKM_ECDSA takes it; PKCS#11 3.1, 6.3.12) of a DER P-256 signature with zeros behind it. Null for anything that is
 * not DER (X.690, 10.1: shortest lengths; 8.3: shortest integers), negative, too long, or followed by something else than zeros.
 */
export function rawSignature(padded: Uint8Array): Buffer | null {
  const [tag, length = 0] = padded
  const end = 2 + length
  if (tag !== 0x30 || length > 0x7f || end > padded.length) return null
  if (padded.subarray(end).some((byte) => byte !== 0)) return null
  const r = readInteger(padded.subarray(2, end))
  const s = r && readInteger(r.rest)
  if (!r || !s || s.rest.length > 0) return null
  return Buffer.concat([r.scalar, s.scalar])
}

function readInteger(der: Uint8Array): { scalar: Buffer; rest: Uint8Array } | null {
  const [tag, length = 0] = der
  const value = der.subarray(2, 2 + length)
  if (tag !== 0x02 || length === 0 || value.length !== length || !isShortest(value)) return null
  const digits = value[0] === 0 ? value.subarray(1) : value
  if (digits.length > SCALAR_BYTES) return null
  const scalar = Buffer.alloc(SCALAR_BYTES)
  scalar.set(digits, SCALAR_BYTES - digits.length)
  return { scalar, rest: der.subarray(2 + length) }
}

/** A positive integer without a leading zero that its sign does not need. */
function isShortest([first = 0, second = 0x80]: Uint8Array): boolean {
  return first < 0x80 && (first !== 0 || second >= 0x80)
}
