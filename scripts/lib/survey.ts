import type { CardReader } from '../../hardware/pcsc/reader.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { type ApduRecord, CardSession } from '../../simulators/pos/card-session.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import type { Step } from '../../simulators/pos/step.ts'
import { done } from '../../simulators/pos/step.ts'
import { surveyCard } from '../../simulators/pos/survey.ts'

const WAIT_MS = 3_000
const APDU_MS = 10_000

/** Reads all that the card in a reader lets be read; what it says is redacted. Throws `ReaderError`. */
export async function survey(reader: CardReader, clock: Clock): Promise<Step<readonly ApduRecord[]>> {
  const opened = await CardSession.open(reader, {
    clock,
    journal: silentJournal,
    waitMs: WAIT_MS,
    apduMs: APDU_MS,
  })
  if (!opened.done) return opened
  await surveyCard(opened.value, await knownAids())
  await opened.value.close()
  return done(opened.value.apdus)
}

/** Of every terminal there is: for cards without a directory. */
async function knownAids(): Promise<string[]> {
  const [own, { contact }] = await Promise.all([
    loadTerminalProfile('default'),
    loadTerminalProfile('contact'),
  ])
  return [...own.aids, ...(contact?.applications.map(({ aid }) => aid) ?? [])]
}
