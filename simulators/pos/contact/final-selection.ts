import { select } from '../../../protocols/apdu/commands.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { type CardData, dataOf, mandatory, templateOf } from '../card-data.ts'
import type { CardSession } from '../card-session.ts'
import type { Cardholder } from '../emv/cardholder.ts'
import { CardDataError, done, end, reading, type Step } from '../step.ts'
import type { Candidate } from './candidate-list.ts'

const NOT_SUPPORTED = 0x6a81

export interface FinalSelection {
  session: CardSession
  cardholder: Cardholder
  /** Whether the cardholder can choose and confirm. */
  cardholderSelection: boolean
  note: (step: string, detail: string) => void
}

/** The next application to try, EMV 4.4 Book 1, 12.4; null when the list has none left. `candidates`: best first. */
export async function chooseCandidate(
  candidates: readonly Candidate[],
  { cardholder, cardholderSelection }: FinalSelection,
): Promise<Step<Candidate | null>> {
  // Without a cardholder to ask, an application that wants confirmation is out of the question.
  if (!cardholderSelection)
    return done(candidates.find(({ needsConfirmation }) => !needsConfirmation) ?? null)
  const [first] = candidates
  if (first === undefined || (candidates.length === 1 && !first.needsConfirmation)) return done(first ?? null)
  const index = await cardholder.choose(candidates.map(({ aid, label }) => ({ aid, label })))
  const chosen = index === null ? undefined : candidates[index]
  return chosen === undefined ? end('cardholder_cancelled', 'application selection') : done(chosen)
}

/** Selects an application: the data of its FCI, or null when the card does not let it be selected. */
export async function selectCandidate(
  { aid }: Candidate,
  { session, note }: FinalSelection,
): Promise<Step<CardData | null>> {
  const name = `SELECT ${aid}`
  const answer = await session.send(name, select(fromHex(aid)))
  if (!answer.done) return answer
  const { sw } = answer.value
  if (sw === NOT_SUPPORTED) return end('card_blocked', `${name}: ${describeStatus(sw)}`)
  if (sw !== 0x9000) {
    note('Final selection', `${aid}: ${describeStatus(sw)}`)
    return done(null)
  }
  const fci = reading(name, () => {
    const data = dataOf(templateOf(answer.value, '6F'))
    const named = toHex(mandatory(data, '84', 5, 16))
    if (named !== aid) throw new CardDataError(`expected the DF name ${aid} (84), got another`)
    return data
  })
  note('Final selection', `${aid}: ${fci.done ? 'selected' : fci.outcome.reason}`)
  // An FCI that is not the application's takes it off the list, like a refusal (12.4).
  return done(fci.done ? fci.value : null)
}
