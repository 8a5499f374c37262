import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { verifyDynamicData } from '../../../protocols/emv/oda/dynamic-data.ts'
import type { RsaPublicKey } from '../../../protocols/emv/oda/rsa.ts'
import { staticDataToAuthenticate, verifyStaticData } from '../../../protocols/emv/oda/static-data.ts'
import { parseDol } from '../../../protocols/tlv/dol.ts'
import { dataOf, templateOf } from '../card-data.ts'
import { iccKey, issuerKey, type KeyResult } from '../emv/card-keys.ts'
import { internalAuthenticate } from '../emv/command.ts'
import type { TvrBit } from '../emv/tvr.ts'
import { done, end, reading, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'

export type OdaMethod = 'CDA' | 'DDA' | 'SDA'

/** AIP byte 1 and 9F33 byte 3: which bits say that card and terminal have a method. Best first, EMV 4.4 Book 3, 10.3. */
const METHODS: readonly { method: OdaMethod; card: number; terminal: number; failed: TvrBit }[] = [
  { method: 'CDA', card: 0x01, terminal: 0x08, failed: 'cdaFailed' },
  { method: 'DDA', card: 0x20, terminal: 0x40, failed: 'ddaFailed' },
  { method: 'SDA', card: 0x40, terminal: 0x80, failed: 'sdaFailed' },
]

const STEP = 'Offline data authentication'
const INTERNAL_AUTHENTICATE = 'INTERNAL AUTHENTICATE'
const DYNAMIC_DATA_BYTES = { shortest: 1, longest: 248 }

/** Offline data authentication, EMV 4.4 Book 3, 10.3; of CDA all that comes before GENERATE AC. */
export async function authenticateOffline(context: ContactContext): Promise<Step<null>> {
  const { data, settings, tvr, tsi, note } = context
  const [aip = 0] = data.require('82')
  const [, , capabilities = 0] = fromHex(settings.capabilities)
  const selected = METHODS.find(({ card, terminal }) => (aip & card) !== 0 && (capabilities & terminal) !== 0)
  note(
    STEP,
    selected === undefined ? 'card and terminal have no method in common' : `${selected.method} selected`,
  )
  if (selected === undefined) {
    tvr.set('odaNotPerformed')
    return done(null)
  }
  if (selected.method === 'SDA') tvr.set('sdaSelected')
  const failed = await PERFORM[selected.method](context)
  if (!failed.done) return failed
  if (failed.value !== null) {
    note(STEP, `${selected.method} failed: ${failed.value}`)
    tvr.set(selected.failed)
  }
  // CDA that has not failed yet is performed with GENERATE AC (Book 2, 6.6).
  if (selected.method !== 'CDA' || failed.value !== null) tsi.set('odaPerformed')
  return done(null)
}

/** Null when it went well, else why it failed. */
type Perform = (context: ContactContext) => Promise<Step<string | null>>

const PERFORM: Readonly<Record<OdaMethod, Perform>> = { SDA: performSda, DDA: performDda, CDA: prepareCda }

/** Static data authentication, Book 2, 5. */
async function performSda(context: ContactContext): Promise<Step<string | null>> {
  const { data } = context
  const issuer = proved(context, issuerKey(data, context.trust))
  if (typeof issuer === 'string') return done(issuer)
  const signed = data.get('93')
  if (signed === undefined) return done(missing(context, ['93']))
  const staticData = staticDataOf(context)
  if (typeof staticData === 'string') return done(staticData)
  const checked = verifyStaticData(issuer, signed, staticData)
  if (!checked.ok) return done(`${checked.text} (${checked.section})`)
  data.learn('9F45', checked.dataAuthenticationCode)
  return done(null)
}

/** The card's key for DDA and CDA, or why there is none: Book 2, 6.1 to 6.4. */
export function provedIccKey(context: ContactContext): RsaPublicKey | string {
  const { data, trust } = context
  const issuer = proved(context, issuerKey(data, trust))
  if (typeof issuer === 'string') return issuer
  const staticData = staticDataOf(context)
  if (typeof staticData === 'string') return staticData
  return proved(context, iccKey(data, issuer, staticData, trust))
}

/** Dynamic data authentication, Book 2, 6.5. */
async function performDda(context: ContactContext): Promise<Step<string | null>> {
  const { data, application, session } = context
  const key = provedIccKey(context)
  if (typeof key === 'string') return done(key)
  const ddol = reading('DDOL', () => parseDol(data.get('9F49') ?? fromHex(application.ddol)))
  if (!ddol.done) return ddol
  // Book 2, 6.5.1: a DDOL that does not ask for the unpredictable number proves nothing.
  if (!ddol.value.some(({ tag }) => tag === '9F37')) return done('DDOL without 9F37 (EMV 4.4 Book 2, 6.5.1)')
  const ddolData = data.build(ddol.value)
  const answer = await session.send(INTERNAL_AUTHENTICATE, internalAuthenticate(ddolData))
  if (!answer.done) return answer
  const response = answer.value
  // Book 3, 6.3.5: a status word that no rule provides for ends the transaction; whether another edition lets DDA fail instead is not certain.
  if (response.sw !== 0x9000)
    return end('card_malformed', `${INTERNAL_AUTHENTICATE}: ${describeStatus(response.sw)}`)
  const signed = reading(INTERNAL_AUTHENTICATE, () => signedDataOf(response))
  if (!signed.done) return signed
  if (signed.value === undefined) return done(missing(context, ['9F4B']))
  const checked = verifyDynamicData(key, signed.value, ddolData)
  if (!checked.ok) return done(`${checked.text} (${checked.section})`)
  data.learn('9F4C', checked.dynamicNumber)
  return done(null)
}

/** Format 1 is the value alone, format 2 a template with 9F4B: Book 3, 6.5.9.4. */
function signedDataOf(response: Response): Uint8Array | undefined {
  const template = templateOf(response, '77', '80')
  if (template.tag === '77') return dataOf(template).get('9F4B')
  const { length } = template.value
  return length >= DYNAMIC_DATA_BYTES.shortest && length <= DYNAMIC_DATA_BYTES.longest
    ? template.value
    : undefined
}

/** Gets the card's key, so that GENERATE AC can ask for a signature: Book 2, 6.6. */
async function prepareCda(context: ContactContext): Promise<Step<string | null>> {
  const key = provedIccKey(context)
  if (typeof key === 'string') return done(key)
  context.cdaKey = key
  context.note(STEP, "CDA: the card's key is proved")
  return done(null)
}

function staticDataOf({ data, authenticatedRecords }: ContactContext): Uint8Array | string {
  const checked = staticDataToAuthenticate(authenticatedRecords, data.get('9F4A') ?? null, data.require('82'))
  return checked.ok ? checked.data : `${checked.text} (${checked.section})`
}

function proved(context: ContactContext, result: KeyResult): RsaPublicKey | string {
  if (result.kind === 'key') return result.key
  if (result.kind === 'missing') return missing(context, result.tags)
  return `${result.failure.text} (${result.failure.section})`
}

// Book 3, 7.2 and 10.3: data that a method needs and the card lacks.
function missing({ tvr }: ContactContext, tags: readonly string[]): string {
  tvr.set('iccDataMissing')
  return `the card has no ${tags.join(', ')}`
}
