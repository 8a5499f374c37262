import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { AflEntry } from '../../../protocols/emv/afl.ts'
import { because, type ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { CardData } from '../card-data.ts'
import type { CardSession } from '../card-session.ts'
import { analyseAction } from '../emv/action-analysis.ts'
import { DataStore } from '../emv/data-store.ts'
import type { Kernel, KernelDeps } from '../emv/kernel.ts'
import { endOf, type KernelCryptogram, type KernelResult } from '../emv/kernel-result.ts'
import { restrictProcessing } from '../emv/processing-restrictions.ts'
import type { EmvSettings } from '../emv/settings.ts'
import { terminalTypeOf } from '../emv/terminal-type.ts'
import type { EmvTransaction } from '../emv/transaction.ts'
import { newTsi } from '../emv/tsi.ts'
import { newTvr } from '../emv/tvr.ts'
import type { TerminalProfile } from '../profile.ts'
import { done, end, type Step } from '../step.ts'
import { buildCandidateList, type Candidate } from './candidate-list.ts'
import { verifyCardholder } from './cardholder-verification.ts'
import type { ContactContext } from './context.ts'
import { chooseCandidate, type FinalSelection, selectCandidate } from './final-selection.ts'
import { type CardDecision, generateCryptogram } from './generate-ac.ts'
import { initiateApplication } from './initiate.ts'
import { authenticateOffline } from './offline-data-authentication.ts'
import {
  type OnlineOutcome,
  processOnline,
  RESPONSE_CODE,
  refuseUnsigned,
  setResponseCode,
} from './online-processing.ts'
import { readApplicationData } from './read-application-data.ts'
import { manageTerminalRisk } from './risk-management.ts'
import type { ContactSettings } from './settings.ts'
import { contactTerminalData } from './terminal-data.ts'

/** What the kernel decided, without the data it leaves behind. */
export type Verdict = Pick<KernelResult, 'outcome' | 'reason' | 'code'>

interface Setup {
  session: CardSession
  terminal: TerminalProfile
  settings: EmvSettings
  contact: ContactSettings
  transaction: EmvTransaction
  deps: KernelDeps
}

/** The contact kernel: EMV 4.4 Book 1, 12 and Book 3, 8 to 10. See {@link Kernel}. Throws a TypeError when the profile has no contact part. */
export const contactKernel: Kernel = async (session, terminal, transaction, deps) => {
  const { emv: settings, contact } = terminal
  if (settings === undefined || contact === undefined)
    throw new TypeError(`expected terminal profile ${terminal.id} to have "emv" and "contact", it has not`)
  const setup: Setup = { session, terminal, settings, contact, transaction, deps }
  const opened = await openApplication(setup)
  if (!opened.done) return resultOf(null, endOf(opened.outcome))
  const { context, afl } = opened.value
  const verdict = await transact(context, afl)
  return resultOf(context, verdict.done ? verdict.value : endOf(verdict.outcome))
}

interface Opened {
  context: ContactContext
  afl: AflEntry[]
}

/** Selects and initiates the first application that the card lets be used (Book 1, 12.4; Book 3, 10.1). */
async function openApplication(setup: Setup): Promise<Step<Opened>> {
  const { session, contact, deps } = setup
  const note = noteInto(deps)
  const listed = await buildCandidateList({ session, applications: contact.applications, note })
  if (!listed.done) return listed
  const { cardholderSelection } = contact
  const selection: FinalSelection = { session, cardholder: deps.cardholder, cardholderSelection, note }
  // Every round takes one application off the list.
  for (let left = listed.value; left.length > 0; ) {
    const chosen = await chooseCandidate(left, selection)
    if (!chosen.done) return chosen
    const candidate = chosen.value
    if (candidate === null) break
    left = left.filter((other) => other !== candidate)
    const opened = await openCandidate(setup, candidate, selection)
    if (!opened.done) return opened
    if (opened.value !== null) return done(opened.value)
  }
  return end('no_common_application')
}

async function openCandidate(
  setup: Setup,
  candidate: Candidate,
  selection: FinalSelection,
): Promise<Step<Opened | null>> {
  const fci = await selectCandidate(candidate, selection)
  if (!fci.done) return fci
  if (fci.value === null) return done(null)
  const context = contextOf(setup, candidate, fci.value)
  const afl = await initiateApplication(context)
  if (!afl.done) return afl
  return done(afl.value === null ? null : { context, afl: afl.value })
}

function contextOf(setup: Setup, { application }: Candidate, fci: CardData): ContactContext {
  const { session, terminal, settings, transaction, deps } = setup
  const data = new DataStore()
  for (const [tag, value] of fci) data.learn(tag, value)
  for (const [tag, value] of contactTerminalData(terminal, settings, application, transaction))
    data.set(tag, value)
  // Book 1, 12.4: the name that was selected, of which the terminal's may be the beginning.
  data.set('9F06', data.require('84'))
  const [tvr, tsi] = [newTvr(deps.journal), newTsi(deps.journal)]
  data.set('95', tvr.bytes)
  data.set('9B', tsi.bytes)
  return {
    session,
    settings,
    application,
    transaction,
    deps,
    trust: { caKeys: deps.caKeys, revoked: settings.revokedCertificates, importKey: deps.importKey },
    type: terminalTypeOf(terminal.type),
    data,
    tvr,
    tsi,
    pdolData: new Uint8Array(),
    authenticatedRecords: [],
    cdaKey: null,
    pinData: null,
    scriptResults: [],
    note: noteInto(deps),
  }
}

/** From the records to the end, Book 3, 10.2 to 10.11. */
async function transact(context: ContactContext, afl: readonly AflEntry[]): Promise<Step<Verdict>> {
  const read = await readApplicationData(context, afl)
  if (!read.done) return read
  const authenticated = await authenticateOffline(context)
  if (!authenticated.done) return authenticated
  restrictProcessing(context.data, context.tvr)
  const verified = await verifyCardholder(context)
  if (!verified.done) return verified
  const managed = await manageTerminalRisk(context)
  if (!managed.done) return managed
  return decide(context)
}

async function decide(context: ContactContext): Promise<Step<Verdict>> {
  const { data, tvr, application, type, note } = context
  const asked = analyseAction({ data, tvr, codes: application.actionCodes, type, note })
  if (asked === 'TC') setResponseCode(context, RESPONSE_CODE.offlineApproved)
  if (asked === 'AAC') setResponseCode(context, RESPONSE_CODE.offlineDeclined)
  const first = await generateCryptogram(context, { dol: '8C', type: asked, earlier: new Uint8Array() })
  if (!first.done) return first
  const { decision } = first.value
  if (decision.type === 'AAC') return done(refusedOffline(asked === 'AAC', decision))
  // Book 2, 6.6.2: what is not signed as it should be is refused, offline at once, online by a second GENERATE AC.
  if (decision.cdaFailed && decision.type === 'TC') return done(cdaFailed())
  if (decision.type === 'TC') return done(APPROVED_OFFLINE)
  if (decision.cdaFailed) {
    const refused = await refuseUnsigned(context, first.value)
    return refused.done ? done(cdaFailed()) : refused
  }
  const online = await processOnline(context, first.value)
  return online.done ? done(verdictOf(online.value)) : online
}

const APPROVED_OFFLINE: Verdict = { outcome: 'Approved', reason: 'approved offline', code: null }

function declined(code: ReasonCode, detail?: string): Verdict {
  return endOf(because(code, detail))
}

function cdaFailed(): Verdict {
  return declined('terminal_declined', 'combined DDA / application cryptogram failed')
}

function refusedOffline(byTerminal: boolean, { reasonCode }: CardDecision): Verdict {
  if (byTerminal) return declined('terminal_declined', 'offline, by terminal action analysis')
  // Book 3, Table 15: 1 says that the card does not offer the service.
  return declined('card_declined', reasonCode === 1 ? 'offline: service not allowed' : 'offline')
}

function verdictOf({ answer, asked, decision }: OnlineOutcome): Verdict {
  if (answer.decision === 'decline')
    return answer.code === null
      ? declined('issuer_declined', `response code ${answer.responseCode}`)
      : { ...declined(answer.code), outcome: 'Declined' }
  if (asked === 'AAC') return declined('terminal_declined', 'issuer could not be asked')
  if (decision.cdaFailed) return cdaFailed()
  if (decision.type !== 'TC') return declined('card_declined', 'at the second GENERATE AC')
  const how = answer.decision === 'approve' ? 'approved online' : 'approved without the issuer'
  return { outcome: 'Approved', reason: how, code: null }
}

function resultOf(context: ContactContext | null, verdict: Verdict): KernelResult {
  const data = context?.data ?? new DataStore()
  const cvmResults = data.get('9F34')
  return {
    ...verdict,
    tvr: context?.tvr.hex ?? '0000000000',
    tsi: context?.tsi.hex ?? '0000',
    cvmResults: cvmResults === undefined ? null : toHex(cvmResults),
    cryptogram: cryptogramIn(data),
    scriptResults: context?.scriptResults ?? [],
    data,
  }
}

function cryptogramIn(data: DataStore): KernelCryptogram | null {
  const [cid, atc, ac] = [data.get('9F27'), data.get('9F36'), data.get('9F26')]
  if (cid === undefined || atc === undefined || ac === undefined) return null
  const iad = data.get('9F10')
  return { cid: toHex(cid), atc: toHex(atc), ac: toHex(ac), iad: iad === undefined ? null : toHex(iad) }
}

function noteInto({ journal }: KernelDeps): (step: string, detail: string) => void {
  return (step, detail) => journal.record({ kind: 'terminal', step, detail })
}
