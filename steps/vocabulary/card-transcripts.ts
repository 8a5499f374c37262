import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import { parseCommand } from '../../protocols/apdu/command.ts'
import { encodeResponse } from '../../protocols/apdu/response.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { redactApdu } from '../../protocols/emv/redact.ts'
import { buildCandidateList, type Candidate } from '../../simulators/pos/contact/candidate-list.ts'
import { selectCandidate } from '../../simulators/pos/contact/final-selection.ts'
import type { ContactApplication } from '../../simulators/pos/contact/settings.ts'
import { silentCardholder } from '../../simulators/pos/emv/cardholder.ts'
import { primitives } from '../card/hearing.ts'
import { must, statusOf } from '../card/matching.ts'
import { openSession, runContactKernel, terminalOfTranscripts } from '../card/replayed-kernel.ts'
import {
  APPLICATION,
  type Exchange,
  options,
  recordingOf,
  selection,
  transcriptOf,
} from '../card/transcript.ts'
import type { TapWorld } from '../world.ts'

/** Account number, and track 2 of either mode. */
const PAN_TAGS = ['5A', '57', '9F6B']

const note = () => undefined

Given('a card that answers as the transcript {string}', async function (this: TapWorld, id: string) {
  await present(this, id, transcriptOf(id).exchange)
})

Given(
  'a card that is selected with the PDOL {string} and then answers as the transcript {string}',
  async function (this: TapWorld, pdol: string, id: string) {
    await present(this, id, [selection(pdol), ...transcriptOf(id).exchange])
  },
)

Given(
  'a card that names its records and then answers as the transcript {string}',
  async function (this: TapWorld, id: string) {
    const { afl, exchange } = transcriptOf(id)
    await present(this, id, [selection(''), options(afl), ...exchange])
  },
)

When('the terminal sends every command of the transcript', async function (this: TapWorld) {
  for (const { command, response } of transcriptOf(this.cardDesk.recording.title).exchange) {
    await this.cardDesk.send(fromHex(command))
    const { sw, data } = this.cardDesk.response
    const got = encodeResponse(sw, data)
    must(toHex(got) === response, redactApdu(fromHex(response)), redactApdu(got))
  }
})

Then(
  'the terminal gets the data and the status word of the transcript for its first command',
  async function (this: TapWorld) {
    const { exchange, conclude } = transcriptOf(this.cardDesk.recording.title)
    const session = await sessionOf(this)
    const answer = await session.send('the first command', parseCommand(fromHex(exchange[0]?.command ?? '')))
    await session.close()
    if (!answer.done) assert.fail(`expected an answer, got ${answer.outcome.reason}`)
    assert.deepEqual([toHex(answer.value.data), statusOf(answer.value)], [conclude.responseData, conclude.sw])
    assert.equal(session.apdus.length, exchange.length)
  },
)

Then(/^the terminal's candidate list is (.+)$/, async function (this: TapWorld, expected: string) {
  const { contact } = await terminalOfTranscripts()
  const session = await sessionOf(this)
  const listed = await buildCandidateList({ session, applications: contact?.applications ?? [], note })
  await session.close()
  assert.equal(listed.done ? inWords(listed.value) : listed.outcome.code, expected)
})

Then(
  /^the terminal that selects "([0-9A-F]+)" finds it (selected|refused|card_blocked)$/,
  async function (this: TapWorld, aid: string, expected: string) {
    const session = await sessionOf(this)
    const { contact } = await terminalOfTranscripts()
    const application = contact?.applications[0] ?? assert.fail('no application')
    const final = { session, note, cardholder: silentCardholder, cardholderSelection: false }
    const selected = await selectCandidate(candidateOf(aid, application), final)
    await session.close()
    assert.equal(
      selected.done ? (selected.value === null ? 'refused' : 'selected') : selected.outcome.code,
      expected,
    )
  },
)

Then(
  /^the terminal(?: with the capabilities "([0-9A-F]{6})")? ends with (\w+), because of "(.+)"$/,
  async function (this: TapWorld, capabilities: string | null, code: string, reason: string) {
    await this.cardDesk.leave()
    const terminal = await terminalOfTranscripts([APPLICATION], capabilities ?? undefined)
    const result = await runContactKernel(this.bench, terminal)
    assert.equal(result.code, code)
    must(result.reason.includes(reason), reason, result.reason)
  },
)

Then('the terminal has sent nothing that the transcript has not', async function (this: TapWorld) {
  assert.deepEqual(await this.bench.slot.notes(), [])
})

Then('the card has told an account number that ends in {string}', function (this: TapWorld, end: string) {
  const numbers = this.cardDesk.answers
    .flatMap(({ data }) => primitives(data))
    .filter(({ tag }) => PAN_TAGS.includes(tag))
    .map(({ value }) => toHex(value).replace(/[DF].*$/, ''))
  must(
    numbers.some((number) => number.endsWith(end)),
    end,
    `${numbers.length} others`,
  )
})

async function present(world: TapWorld, id: string, exchanges: readonly Exchange[]): Promise<void> {
  world.undo.push(() => world.cardDesk.leave())
  await world.cardDesk.present(recordingOf(id, exchanges))
}

/** The terminal takes the card from the desk. */
async function sessionOf({ cardDesk, bench }: TapWorld): ReturnType<typeof openSession> {
  await cardDesk.leave()
  return openSession(bench)
}

function inWords(candidates: readonly Candidate[]): string {
  const names = candidates.map(
    ({ aid, priority, needsConfirmation }) =>
      `${aid} (${priority}${needsConfirmation ? ', to be confirmed' : ''})`,
  )
  return names.join(', ') || 'empty'
}

function candidateOf(aid: string, application: ContactApplication): Candidate {
  return { aid, label: '', priority: 1, needsConfirmation: false, application }
}
