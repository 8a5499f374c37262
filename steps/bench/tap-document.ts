import { fromHex } from '../../protocols/bytes/bytes.ts'
import { placedBits } from '../../protocols/emv/bits.ts'
import { describeCvmResults } from '../../protocols/emv/cvm.ts'
import { describeScriptResult } from '../../protocols/emv/script-result.ts'
import type { JournalEntry, KernelEnd } from '../../protocols/journal/journal.ts'
import type { TapResult } from '../../simulators/pos/tap-result.ts'

/** The event by which Rafiki asks the issuer. */
const ASKED = 'outgoing_payment.created'

/** What `tapbench tap --json` prints: a tap as one document for scripts. Ids and values are null where the tap did not come so far. */
export interface TapDocument {
  /** The tap's id: in the `traceparent` of its requests, in logs and traces, and in every journal entry of it. */
  correlation: string
  outcome: TapResult['outcome']['word']
  reason: string | null
  card: { profile: string | null; aid: string | null; walletAddress: string | null; pan: string | null }
  emv: { atc: string | null; cid: string | null; cryptogram: string | null; un: string | null }
  payment: {
    requestId: string | null
    incomingPaymentId: string | null
    outgoingPaymentId: string | null
    amount: { value: string; assetCode: string; assetScale: number } | null
  }
  /** Absent when no EMV kernel ran. */
  kernel?: KernelDocument
  apdus: { command: string; response: string | null; us: number }[]
  timings: Timings
}

/** How an EMV kernel ended, bits and values in words. */
interface KernelDocument extends Omit<KernelEnd, 'tvr' | 'tsi' | 'cvmResults' | 'scriptResults'> {
  tvr: Status
  tsi: Status
  cvmResults: Worded | null
  scriptResults: Worded[]
}

/** `bits`: those that are set, such as `3.3 online PIN entered`. */
interface Status {
  hex: string
  bits: string[]
}

interface Worded {
  hex: string
  words: string | null
}

/** Microseconds; each is the time of that part alone, so that the parts add up to the total. */
interface Timings {
  cardUs: number
  posUs: number
  aseUs: number
  hsmUs: number
  rafikiUs: number
  totalUs: number
}

/** Makes the document of what the terminal saw and what the journal of the tap has. `profile` is null for a card of somebody else. */
export function tapDocument(
  result: TapResult,
  journal: readonly JournalEntry[],
  profile: string | null,
): TapDocument {
  const { outcome, card, emv, kernel, requestId, amount } = result
  return {
    correlation: result.correlation,
    outcome: outcome.word,
    reason: outcome.reason,
    card: { profile, aid: card.aid, walletAddress: card.walletAddress, pan: card.pan },
    emv: { atc: emv.atc, cid: emv.cid, cryptogram: emv.cryptogram, un: emv.unpredictableNumber },
    payment: { requestId, ...paymentIds(result, journal), amount },
    ...(kernel === null ? {} : { kernel: kernelDocument(kernel) }),
    apdus: result.apdus.map(({ command, response, us }) => ({ command, response, us })),
    timings: timingsOf(result, journal),
  }
}

function kernelDocument(end: KernelEnd): KernelDocument {
  const { cvmResults, scriptResults } = end
  return {
    ...end,
    tvr: statusOf('95', end.tvr),
    tsi: statusOf('9B', end.tsi),
    cvmResults: cvmResults === null ? null : worded(cvmResults, describeCvmResults),
    scriptResults: scriptResults.map((hex) => worded(hex, describeScriptResult)),
  }
}

function statusOf(tag: string, hex: string): Status {
  return { hex, bits: placedBits(tag, fromHex(hex)) }
}

function worded(hex: string, describe: (value: Uint8Array) => string | null): Worded {
  return { hex, words: describe(fromHex(hex)) }
}

/** Only Rafiki knows both ids; it told them to the customer ASE together with the cryptogram of this tap. */
function paymentIds({ emv: { cryptogram } }: TapResult, journal: readonly JournalEntry[]) {
  for (const entry of journal) {
    if (entry.kind !== 'webhook' || entry.type !== ASKED) continue
    const { data } = entry.body as {
      data: { id: string; receiver: string; cardDetails?: { data: { signature: string } } }
    }
    if (data.cardDetails?.data.signature !== cryptogram) continue
    return { incomingPaymentId: data.receiver.split('/').at(-1) ?? null, outgoingPaymentId: data.id }
  }
  return { incomingPaymentId: null, outgoingPaymentId: null }
}

function timingsOf({ timings }: TapResult, journal: readonly JournalEntry[]): Timings {
  const hsmUs = sum(journal.filter((entry) => entry.kind === 'hsm'))
  const paymentUs = sum(
    journal.filter(
      (entry) => entry.kind === 'http' && entry.from === 'merchant-ase' && entry.url.endsWith('/payment'),
    ),
  )
  const decisionUs = Math.max(decisionTime(journal), hsmUs)
  return {
    cardUs: timings.cardUs,
    posUs: timings.totalUs - timings.cardUs - timings.posApiUs,
    aseUs: timings.posApiUs - paymentUs + decisionUs - hsmUs,
    hsmUs,
    rafikiUs: paymentUs - decisionUs,
    totalUs: timings.totalUs,
  }
}

/** From the coming of the webhook that asked the issuer to its decision, the HSM included. */
function decisionTime(journal: readonly JournalEntry[]): number {
  const asked = journal.filter((entry) => entry.kind === 'webhook').find(({ type }) => type === ASKED)
  const decided = journal.find((entry) => entry.kind === 'decision' && entry.party === 'customer-ase')
  return asked === undefined || decided === undefined ? 0 : Math.max(0, decided.at - asked.at + asked.us)
}

function sum(entries: readonly JournalEntry[]): number {
  return entries.reduce((total, entry) => total + ('us' in entry ? entry.us : 0), 0)
}
