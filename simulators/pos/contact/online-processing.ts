import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { analyseWithoutIssuer, type CryptogramType } from '../emv/action-analysis.ts'
import { externalAuthenticate } from '../emv/command.ts'
import type { OnlineAnswer } from '../emv/online.ts'
import { done, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'
import { type CardDecision, type GeneratedAc, generateCryptogram } from './generate-ac.ts'
import { processScripts } from './issuer-scripts.ts'

const STEP = 'Online processing'
const ISSUER_AUTHENTICATION_SUPPORTED = 0x04
/** Issuer Authentication Data (91), Annex A of Book 3. */
const PROOF_BYTES = { shortest: 8, longest: 16 }

/** How the terminal itself answers for the issuer, Authorisation Response Code 8A: Book 4, A6. */
export const RESPONSE_CODE = {
  offlineApproved: 'Y1',
  offlineDeclined: 'Z1',
  unableOnlineApproved: 'Y3',
  unableOnlineDeclined: 'Z3',
} as const

/** What came of going online. */
export interface OnlineOutcome {
  answer: OnlineAnswer
  /** What the second GENERATE AC asked for. */
  asked: CryptogramType
  /** The card's last word. */
  decision: CardDecision
}

/** From the ARQC to the second GENERATE AC, EMV 4.4 Book 3, 10.9 to 10.11. `first`: the first one. */
export async function processOnline(
  context: ContactContext,
  first: GeneratedAc,
): Promise<Step<OnlineOutcome>> {
  const { data, deps, pinData } = context
  const answer = context.type.canGoOnline ? await deps.online({ data, pinData }) : UNABLE
  noteAnswer(context, answer)
  if (answer.decision !== 'unable') setResponseCode(context, answer.responseCode)
  const authenticated = await authenticateIssuer(context, answer)
  if (!authenticated.done) return authenticated
  const before = await processScripts(context, answer.scripts, '71')
  if (!before.done) return before
  const asked = finalRequest(context, answer)
  const second = await generateCryptogram(context, { dol: '8D', type: asked, earlier: first.dolData })
  if (!second.done) return second
  const after = await processScripts(context, answer.scripts, '72')
  if (!after.done) return after
  return done({ answer, asked, decision: second.value.decision })
}

/** An ARQC whose signature is wrong is not sent: the transaction ends with a refusal (EMV 4.4 Book 3, 10.9; Book 2, 6.6.2). */
export async function refuseUnsigned(
  context: ContactContext,
  first: GeneratedAc,
): Promise<Step<GeneratedAc>> {
  setResponseCode(context, RESPONSE_CODE.offlineDeclined)
  return generateCryptogram(context, { dol: '8D', type: 'AAC', earlier: first.dolData })
}

/** 8A: two characters. */
export function setResponseCode({ data }: ContactContext, code: string): void {
  data.set('8A', new Uint8Array(Buffer.from(code, 'ascii')))
}

const UNABLE: OnlineAnswer = {
  decision: 'unable',
  responseCode: '',
  issuerAuthenticationData: null,
  scripts: [],
  code: 'issuer_unreachable',
}

function noteAnswer({ note, data }: ContactContext, answer: OnlineAnswer): void {
  const { decision, responseCode, issuerAuthenticationData: proof, scripts } = answer
  if (proof !== null && isOfItsLength(proof)) data.set('91', proof)
  note(
    STEP,
    decision === 'unable'
      ? 'issuer could not be asked'
      : `issuer: ${decision}, response code ${responseCode}, ${proof === null ? 'no' : 'with'} authentication data, ${scripts.length} scripts`,
  )
}

/** Book 3, 10.9: only when the card has the command; otherwise CDOL2 may ask for the data. */
async function authenticateIssuer(context: ContactContext, answer: OnlineAnswer): Promise<Step<null>> {
  const { data, session, tvr, tsi, note } = context
  const [aip = 0] = data.require('82')
  const proof = answer.issuerAuthenticationData
  if (proof === null || (aip & ISSUER_AUTHENTICATION_SUPPORTED) === 0) return done(null)
  if (!isOfItsLength(proof)) {
    // No command can carry it; how a terminal treats it the books leave open. It proves nothing, so that it counts as a proof that failed.
    note('Issuer authentication', `failed: 8 to 16 bytes of 91 expected, ${proof.length} came`)
    tvr.set('issuerAuthenticationFailed')
    return done(null)
  }
  const sent = await session.send('EXTERNAL AUTHENTICATE', externalAuthenticate(proof))
  if (!sent.done) return sent
  note('Issuer authentication', describeStatus(sent.value.sw))
  tsi.set('issuerAuthenticated')
  if (sent.value.sw !== 0x9000) tvr.set('issuerAuthenticationFailed')
  return done(null)
}

function isOfItsLength({ length }: Uint8Array): boolean {
  return length >= PROOF_BYTES.shortest && length <= PROOF_BYTES.longest
}

function finalRequest(context: ContactContext, { decision }: OnlineAnswer): CryptogramType {
  if (decision === 'approve') return 'TC'
  if (decision === 'decline') return 'AAC'
  const { data, tvr, application, type, note } = context
  const request = analyseWithoutIssuer({ data, tvr, codes: application.actionCodes, type, note })
  setResponseCode(
    context,
    request === 'TC' ? RESPONSE_CODE.unableOnlineApproved : RESPONSE_CODE.unableOnlineDeclined,
  )
  return request
}
