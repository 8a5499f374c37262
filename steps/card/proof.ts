import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { parseAfl } from '../../protocols/emv/afl.ts'
import type { CaKeyStore } from '../../protocols/emv/oda/ca-key.ts'
import type { Certificate, CertifiedKey } from '../../protocols/emv/oda/certificate.ts'
import {
  type CombinedProof,
  transactionDataHash,
  verifyCombinedData,
  verifyDynamicData,
} from '../../protocols/emv/oda/dynamic-data.ts'
import { verifyIccCertificate, verifyPinCertificate } from '../../protocols/emv/oda/icc-certificate.ts'
import { verifyIssuerCertificate } from '../../protocols/emv/oda/issuer-certificate.ts'
import type { Checked } from '../../protocols/emv/oda/reasons.ts'
import { responseObjects } from '../../protocols/emv/oda/response-objects.ts'
import { staticDataToAuthenticate, verifyStaticData } from '../../protocols/emv/oda/static-data.ts'
import { loadCaKeys } from '../../simulators/pos/emv/ca-keys.ts'
import type { CardDesk } from './card-desk.ts'
import { type HeardCryptogram, primitives } from './hearing.ts'

const NONE = new Uint8Array()
const RID_BYTES = 5

let keys: Promise<CaKeyStore> | null = null

/** The keys of the test authority, and those that schemes have published for their test cards. */
export function authorityKeys(): Promise<CaKeyStore> {
  keys ??= loadCaKeys(['ca-keys', 'ca-keys-schemes'])
  return keys
}

/** A terminal's offline data authentication, from what the card told it: EMV 4.4 Book 2, 5 to 7. */
export class Proof {
  readonly #desk: CardDesk
  readonly #authority: CaKeyStore

  constructor(desk: CardDesk, authority: CaKeyStore) {
    this.#desk = desk
    this.#authority = authority
  }

  /** Book 2, 5.2 and 5.3. */
  issuer(): Checked<CertifiedKey> {
    const rid = this.#value('84').subarray(0, RID_BYTES)
    const authority = this.#authority(rid, this.#value('8F')[0] ?? 0, this.#date)
    if (!authority.ok) return authority
    return verifyIssuerCertificate(authority, this.#certificate('90', '92', '9F32'), this.#check)
  }

  /** Book 2, 6.4. */
  card(): Checked<CertifiedKey> {
    const certificate = this.#certificate('9F46', '9F48', '9F47')
    const staticData = this.#staticData()
    const issuer = this.issuer()
    if (!issuer.ok) return issuer
    if (!staticData.ok) return staticData
    return verifyIccCertificate(issuer.key, certificate, { ...this.#check, staticData: staticData.data })
  }

  /** Book 2, 7.1. */
  pin(): Checked<CertifiedKey> {
    const issuer = this.issuer()
    return issuer.ok
      ? verifyPinCertificate(issuer.key, this.#certificate('9F2D', '9F2F', '9F2E'), this.#check)
      : issuer
  }

  /** Book 2, 5.4. `changed`: one bit of the static data is another. */
  staticData(changed = false): Checked<{ dataAuthenticationCode: Uint8Array }> {
    const issuer = this.issuer()
    const staticData = this.#staticData()
    if (!issuer.ok) return issuer
    if (!staticData.ok) return staticData
    const data = changed
      ? staticData.data.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
      : staticData.data
    return verifyStaticData(issuer.key, this.#value('93'), data)
  }

  /** Book 2, 6.5.2, of an answer to INTERNAL AUTHENTICATE in template 80 or 77. `sent`: the data of the command. */
  dynamicData(answer: Uint8Array, sent: Uint8Array): Checked<{ dynamicNumber: Uint8Array }> {
    const signed = primitives(answer).find(({ tag }) => tag === '80' || tag === '9F4B')?.value ?? NONE
    const card = this.card()
    return card.ok ? verifyDynamicData(card.key, signed, sent) : card
  }

  /** Book 2, 6.6.2. `first`: the GENERATE AC before, when `heard` is the second. */
  combinedData(heard: HeardCryptogram, first: HeardCryptogram | null): Checked<CombinedProof> {
    const objects = responseObjects(heard.answer)
    const card = this.card()
    if (!objects.ok) return objects
    if (!card.ok) return card
    const hash = transactionDataHash({
      pdolData: this.#desk.hearing.pdolData,
      cdol1Data: first?.sent ?? heard.sent,
      cdol2Data: first === null ? NONE : heard.sent,
      responseObjects: objects.objects,
    })
    const signed = primitives(heard.answer).find(({ tag }) => tag === '9F4B')?.value ?? NONE
    return verifyCombinedData(card.key, signed, {
      unpredictableNumber: fromHex(this.#desk.told.get('9F37') ?? ''),
      cid: heard.cid[0] ?? 0,
      transactionDataHash: hash,
    })
  }

  get #date(): Uint8Array {
    return fromHex(this.#desk.told.get('9A') ?? '')
  }

  get #check() {
    return { pan: toHex(this.#value('5A')).replace(/F+$/, ''), date: this.#date }
  }

  /** Book 3, 10.3: what the AFL marks. */
  #staticData(): Checked<{ data: Uint8Array }> {
    const { values, records } = this.#desk.hearing
    const marked = parseAfl(this.#value('94')).flatMap(({ sfi, first, offline }) =>
      Array.from({ length: offline }, (_, index) => ({
        sfi,
        bytes: records.get(`${sfi}/${first + index}`) ?? NONE,
      })),
    )
    return staticDataToAuthenticate(marked, values.get('9F4A') ?? null, this.#value('82'))
  }

  #certificate(certificate: string, remainder: string, exponent: string): Certificate {
    return {
      certificate: this.#value(certificate),
      remainder: this.#desk.hearing.values.get(remainder) ?? NONE,
      exponent: this.#value(exponent),
    }
  }

  #value(tag: string): Uint8Array {
    const value = this.#desk.hearing.values.get(tag)
    if (value === undefined)
      throw new Error(`expected the card to have told ${tag}: let the terminal read its records`)
    return value
  }
}
