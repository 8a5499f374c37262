import { select } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { CardSession } from '../card-session.ts'
import { DataStore } from '../emv/data-store.ts'
import type { EmvTransaction } from '../emv/transaction.ts'
import { newTvr } from '../emv/tvr.ts'
import { type Candidate, listCandidates, noCandidate, readDirectory } from './combinations.ts'
import type { Combination, ContactlessProfile } from './configuration.ts'
import type { ContactlessDeps, Kernel2Context } from './context.ts'
import { type Ending, go, lost, type Phase, stop } from './endings.ts'
import { NO_ERROR } from './error-indication.ts'
import { runKernel2 } from './kernel2.ts'
import { NO_OUTCOME } from './outcome-parameters.ts'
import { preProcess } from './pre-processing.ts'
import { type ContactlessResult, entryPointResult, resultOf } from './result.ts'
import { addTerminalData, type TerminalFacts } from './terminal-data.ts'
import { showing } from './user-interface.ts'

/** A terminal with a contactless reader. */
export interface ContactlessTerminal extends TerminalFacts {
  contactless: ContactlessProfile
}

/** One presentation of a card, and what its parts need. */
interface Presentation {
  session: CardSession
  terminal: ContactlessTerminal
  transaction: EmvTransaction
  deps: ContactlessDeps
  note: (step: string, detail: string) => void
}

/**
 * Entry Point from pre-processing to the outcome for one presentation of a card, EMV Contactless Book B, 3. An outcome that starts at C
 * goes on with the next candidate in here; one that starts at B (`TryAgain`) is for the caller: the same call with the session of the
 * card's next presentation, and the same torn log. Online Request is not asked in here: a kernel 2 card is gone by then. Throws
 * `ReaderError` when the reader breaks.
 */
export async function runContactless(
  session: CardSession,
  terminal: ContactlessTerminal,
  transaction: EmvTransaction,
  deps: ContactlessDeps,
): Promise<ContactlessResult> {
  const note = (step: string, detail: string): void => deps.journal.record({ kind: 'terminal', step, detail })
  const presentation: Presentation = { session, terminal, transaction, deps, note }
  const allowed = allowedCombinations(presentation)
  if (allowed.length === 0) return entryPointResult(notAllowed(terminal), note)
  const directory = await readDirectory(session)
  if (!directory.done) return entryPointResult(directory.ending, note)
  const candidates = listCandidates(directory.value, allowed)
  note('Candidate list', candidates.map(({ adf }) => adf).join(' ') || 'empty')
  return tryCandidates(presentation, candidates)
}

/** Pre-processing, Book B, 3.1.1: combinations that take this transaction. */
function allowedCombinations({ terminal, transaction, note }: Presentation): Combination[] {
  const { amount, currency } = transaction
  return terminal.contactless.combinations.filter(({ aid, kernel, entryPoint }) => {
    const { indicators, found } = preProcess(entryPoint, amount, currency.exponent)
    const { ttq } = indicators
    const qualifiers = ttq === null ? '' : `; Terminal Transaction Qualifiers ${toHex(ttq)}`
    note(
      'Pre-processing',
      `${aid} with kernel ${kernel}: ${found.join(', ') || 'nothing to note'}${qualifiers}`,
    )
    return !indicators.contactlessNotAllowed
  })
}

/** Book B, 3.1.1.13: nothing contactless is allowed for this amount. */
function notAllowed({ contactless: { otherInterface } }: ContactlessTerminal): Ending {
  return {
    parameters: {
      ...NO_OUTCOME,
      status: otherInterface ? 'TRY ANOTHER INTERFACE' : 'END APPLICATION',
      uiRequestOnOutcome: true,
    },
    userInterface: showing(otherInterface ? 'insert or swipe' : 'other card', 'processing error'),
    error: { ...NO_ERROR, l2: 'MAX LIMIT EXCEEDED' },
    reason: 'no contactless combination is allowed for this amount',
  }
}

// Start C, Book B, 3.3.3 and 3.5: a combination that the kernel did not want is not tried again.
async function tryCandidates(
  presentation: Presentation,
  candidates: readonly Candidate[],
): Promise<ContactlessResult> {
  let last: ContactlessResult | null = null
  for (const candidate of candidates) {
    const selected = await selectCandidate(presentation, candidate)
    if (!selected.done) return entryPointResult(selected.ending, presentation.note)
    if (selected.value === null) continue
    last = await activate(presentation, candidate, selected.value)
    if (last.outcome !== 'SelectNext') return last
  }
  return entryPointResult(noCandidate(last), presentation.note)
}

/** Final combination selection, Book B, 3.3.3; null when the card does not let it be selected. */
async function selectCandidate(
  { session, note }: Presentation,
  { adf, name }: Candidate,
): Promise<Phase<Response | null>> {
  const answer = await session.send(`SELECT ${adf}`, select(name))
  if (!answer.done) return stop(lost(answer.outcome))
  note('Final combination selection', `${adf}: ${describeStatus(answer.value.sw)}`)
  return go(answer.value.sw === 0x9000 ? answer.value : null)
}

/** Kernel activation, Book B, 3.4. */
async function activate(
  { session, terminal, transaction, deps, note }: Presentation,
  { adf, combination }: Candidate,
  fci: Response,
): Promise<ContactlessResult> {
  const { kernel2: configuration } = combination
  const data = new DataStore()
  const tvr = newTvr(deps.journal)
  data.set('95', tvr.bytes)
  addTerminalData(data, terminal, configuration, transaction)
  const context: Kernel2Context = {
    session,
    configuration,
    transaction,
    deps,
    data,
    tvr,
    recordTags: new Set(),
    pdolData: new Uint8Array(),
    cvm: 'none',
    receipt: false,
    mode: null,
    note,
  }
  note('Kernel activation', `kernel ${combination.kernel} for ${adf}`)
  const trust = {
    caKeys: deps.caKeys,
    revoked: terminal.emv.revokedCertificates,
    importKey: deps.importKey,
  }
  return resultOf(context, await runKernel2(context, fci, trust), adf)
}
