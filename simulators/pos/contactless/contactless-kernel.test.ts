import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { CardSession } from '../card-session.ts'
import { type Cardholder, silentCardholder } from '../emv/cardholder.ts'
import type { KernelDeps } from '../emv/kernel.ts'
import { noIssuer, type Online, type OnlineAnswer, type OnlineRequest } from '../emv/online.ts'
import { loadTerminalProfile } from '../profile.ts'
import { contactlessKernel, tornLogOf } from './contactless-kernel.ts'
import { counting, purchase } from './testing/run-card.ts'
import { EMV_CARD, TestCard, testCaKeys } from './testing/test-card.ts'
import { TornLog } from './torn-log.ts'

const answer = (decision: OnlineAnswer['decision'], code: OnlineAnswer['code'] = null): OnlineAnswer => ({
  decision,
  responseCode: '00',
  issuerAuthenticationData: null,
  scripts: [],
  code,
})

/** Online by amount: above floor and CVM limit, with online PIN. */
async function ask(online: Online, cardholder: Cardholder = silentCardholder) {
  const profile = await loadTerminalProfile('contactless')
  const clock = new ManualClock()
  const options = { clock, journal: silentJournal, waitMs: 1000, apduMs: 1000 }
  const opened = await CardSession.open(new TestCard(EMV_CARD), options)
  if (!opened.done) assert.fail('expected a card')
  const deps: KernelDeps = {
    clock,
    random: counting(),
    journal: silentJournal,
    caKeys: testCaKeys(),
    online,
    cardholder,
  }
  const kernel = contactlessKernel({
    nowUs: () => 0,
    tornLog: new TornLog({ records: 0, lifetimeMs: 0 }),
  })
  return kernel(opened.value, profile, purchase(6000n), deps)
}

const CASES: readonly [title: string, online: Online, outcome: string, code: string | null][] = [
  ['approves', async () => answer('approve'), 'Approved', null],
  ['declines for a reason', async () => answer('decline', 'balance_too_low'), 'Declined', 'balance_too_low'],
  ['declines without a reason', async () => answer('decline'), 'Declined', 'issuer_declined'],
  ['cannot be asked', async () => answer('unable'), 'Declined', 'terminal_declined'],
  ['does not exist', noIssuer, 'Declined', 'issuer_unknown'],
]

for (const [title, online, outcome, code] of CASES) {
  test(`an online request whose issuer ${title}`, async () => {
    const result = await ask(online)
    assert.deepEqual([result.outcome, result.code], [outcome, code])
  })
}

test('online PIN is asked for and goes with the request', async () => {
  const requests: OnlineRequest[] = []
  const pinData = Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8)
  await ask(
    async (request) => {
      requests.push(request)
      return answer('approve')
    },
    { ...silentCardholder, onlinePin: async () => ({ kind: 'entered', pinData }) },
  )
  assert.deepEqual(
    requests.map(({ pinData: sent }) => sent),
    [pinData],
  )
  assert.ok(requests[0]?.data.has('9F26'))
})

test('a profile without the contactless part is an error that says so', async () => {
  const profile = await loadTerminalProfile('default')
  const opened = await CardSession.open(new TestCard(EMV_CARD), {
    clock: new ManualClock(),
    journal: silentJournal,
    waitMs: 1000,
    apduMs: 1000,
  })
  if (!opened.done) assert.fail('expected a card')
  const kernel = contactlessKernel({ nowUs: () => 0, tornLog: new TornLog({ records: 0, lifetimeMs: 0 }) })
  const deps = { online: noIssuer } as KernelDeps
  await assert.rejects(kernel(opened.value, profile, purchase(1n), deps), { name: 'TypeError' })
})

test('the torn log is as large as the profile says', async () => {
  const { contactless } = await loadTerminalProfile('contactless')
  assert.ok(contactless !== undefined)
  assert.equal(tornLogOf(contactless).enabled, true)
})
