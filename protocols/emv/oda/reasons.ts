/** Why offline data authentication or PIN encipherment fails: what a terminal (or, for the PIN, a card) found. */
export const ODA_REASONS = {
  ca_key_missing: 'no certification authority public key of this RID and index',
  ca_key_checksum: 'checksum of the certification authority public key is wrong',
  ca_key_expired: 'certification authority public key has expired',
  key_unusable: 'modulus or exponent makes no RSA key: exponents are 3 and 65537',
  length_wrong: "signed data are not as long as the signer's modulus",
  trailer_wrong: 'recovered data trailer is not BC',
  header_wrong: 'recovered data header is not 6A',
  format_wrong: 'recovered format byte is another',
  hash_algorithm_unknown: 'hash algorithm indicator is not 01 (SHA-1)',
  hash_wrong: 'hash is another than the recovered one',
  issuer_mismatch: 'issuer identifier is not the beginning of the PAN',
  pan_mismatch: "PAN of the certificate is not the application's",
  certificate_expired: 'certificate has expired',
  certificate_revoked: 'certificate is on the revocation list',
  key_algorithm_unknown: 'public key algorithm indicator is not 01 (RSA)',
  key_length_wrong: 'public key, remainder and stated length do not fit',
  record_not_template_70: 'a record to be authenticated is not one template 70',
  tag_list_wrong: 'Static Data Authentication Tag List has another tag than 82',
  dynamic_data_malformed: 'ICC dynamic data do not have their form',
  response_malformed: 'GENERATE AC response is no template 77',
  cid_mismatch: 'signed Cryptogram Information Data are not those of the response',
  transaction_hash_wrong: 'transaction data hash code is another than the signed one',
  pin_challenge_mismatch: "enciphered PIN data do not carry the card's last unpredictable number",
} as const

export type OdaReason = keyof typeof ODA_REASONS

/** A failed check: its reason, in words, and the section of EMV 4.4 that has the rule. */
export interface OdaFailure {
  ok: false
  reason: OdaReason
  text: string
  section: string
}

/** What a check found: the values it proved, or why it did not. */
export type Checked<T> = ({ ok: true } & T) | OdaFailure

/** A failed check. `section`: as in `Book 2, 6.4`. */
export function failure(reason: OdaReason, section: string): OdaFailure {
  return { ok: false, reason, text: ODA_REASONS[reason], section: `EMV 4.4 ${section}` }
}
