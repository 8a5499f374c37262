import { asciiPadded, toHex } from '../../protocols/bytes/bytes.ts'
import { ADDRESS_BYTES } from '../../protocols/interledger/application.ts'
import { buildPayload } from '../../protocols/interledger/payload.ts'
import { type CardAction, generateCryptogram, readAtc } from './card-action.ts'
import type { CardData } from './card-data.ts'
import type { CardSession } from './card-session.ts'
import { initiate, type ProcessingOptions } from './initiate.ts'
import { type InterledgerCard, readInterledgerCard } from './interledger-card.ts'
import { type CardholderVerification, verificationOf } from './interledger-cvm.ts'
import { readRecords } from './read-records.ts'
import { type Application, listCandidates, selectApplication } from './selection.ts'
import { done, end, type Step } from './step.ts'
import type { TapResult } from './tap-result.ts'
import type { Transaction } from './transaction.ts'

export interface CardPhase {
  session: CardSession
  /** The terminal's, upper-case hexadecimal. */
  aids: readonly string[]
  transaction: Transaction
  /** What the terminal can put into a data object list. */
  data: CardData
  /** Writes a step, in EMV's words, and what came of it. */
  note: (step: string, detail: string) => void
  /** Whether the terminal has keys for a PIN that the issuer verifies. */
  onlinePin: boolean
  /** Filled as far as the tap comes. */
  result: TapResult
}

/** What the card phase is for: template 77, and whose money it is. */
export interface SignedPayload {
  payload: Uint8Array
  cryptogram: Uint8Array
  walletAddress: string
  /** Everything in the card's records. */
  records: CardData
  /** Null when the card has no CVM List. */
  verification: CardholderVerification | null
}

/** From selection to the card's cryptogram, EMV 4.4 Book 3, 8 to 10. */
export async function runCardPhase(phase: CardPhase): Promise<Step<SignedPayload>> {
  const opened = await openApplication(phase)
  if (!opened.done) return opened
  const { application, options } = opened.value
  const records = await readRecords(phase.session, options.afl)
  if (!records.done) return records
  phase.note('Read application data', [...records.value.keys()].join(' ') || 'nothing')
  const card = readInterledgerCard(records.value, application.aid)
  if (!card.done) return card
  Object.assign(phase.result.card, { walletAddress: card.value.walletAddress, pan: card.value.pan })
  const verification = verificationOf({ ...phase, aip: options.aip, records: records.value })
  if (!verification.done) return verification
  if (verification.value !== null) phase.note('Cardholder verification', verification.value)
  const signed = await letCardSign(phase, card.value, options)
  return signed.done
    ? done({ ...signed.value, records: records.value, verification: verification.value })
    : signed
}

interface OpenedApplication {
  application: Application
  options: ProcessingOptions
}

/** Takes the first common application that the card lets be selected and initiated (Book 1, 12.4; Book 3, 10.1). */
async function openApplication(phase: CardPhase): Promise<Step<OpenedApplication>> {
  const candidates = await listCandidates(phase.session, phase.aids)
  if (!candidates.done) return candidates
  phase.note('Candidate list', candidates.value.map(({ aid }) => aid).join(' ') || 'empty')
  for (const candidate of candidates.value) {
    const selected = await selectApplication(phase.session, candidate)
    if (!selected.done) return selected
    const { application, status } = selected.value
    phase.note('Final selection', `${candidate.aid}: ${application?.label ?? status}`)
    if (application === null) continue
    const options = await initiate(phase.session, application, phase.data)
    if (!options.done) return options
    if (options.value === null) continue
    Object.assign(phase.result.card, { aid: application.aid, label: application.label })
    phase.note('Initiate application processing', `AIP ${toHex(options.value.aip)}`)
    return done({ application, options: options.value })
  }
  return end('no_common_application')
}

async function letCardSign(
  phase: CardPhase,
  { sender, walletAddress }: InterledgerCard,
  options: ProcessingOptions,
): Promise<Step<Pick<SignedPayload, 'payload' | 'cryptogram' | 'walletAddress'>>> {
  const atc = options.atc === null ? await readAtc(phase.session) : done(options.atc)
  if (!atc.done) return atc
  phase.result.emv.atc = toHex(atc.value)
  const values = new Map([...phase.data, ['9F36', atc.value], ['DF02', asciiPadded(sender, ADDRESS_BYTES)]])
  const action = await generateCryptogram(phase.session, values)
  if (!action.done) return action
  const { cryptogram } = action.value
  noteAction(phase, action.value)
  const payload = buildPayload({
    ...phase.transaction,
    ...action.value,
    currency: phase.transaction.currency.numeric,
    exponent: phase.transaction.currency.exponent,
    sender,
  })
  return done({ payload, cryptogram, walletAddress })
}

function noteAction({ note, result }: CardPhase, { cid, atc, cryptogram }: CardAction): void {
  const [shownCid, shownAtc] = [toHex(Uint8Array.of(cid)), toHex(atc)]
  Object.assign(result.emv, { cid: shownCid, atc: shownAtc, cryptogram: toHex(cryptogram) })
  note('Card action analysis', `CID ${shownCid}, ATC ${shownAtc}, cryptogram of ${cryptogram.length} bytes`)
}
