import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { z } from 'zod'
import { ROOT } from '../../steps/bench/places.ts'
import { Command, tapbench } from '../testing/command.ts'

const hex = (bytes: number) => z.string().regex(new RegExp(`^([0-9A-F]{2}){${bytes}}$`))
const us = z.number().min(0)

const documentSchema = z.strictObject({
  correlation: z.uuid(),
  outcome: z.enum(['Approved', 'Declined', 'Failed']),
  reason: z.string().nullable(),
  card: z.strictObject({
    profile: z.string(),
    aid: hex(10),
    walletAddress: z.url(),
    pan: z.string().regex(/^\d{6,8}\*{4,}\d{4}$/),
  }),
  emv: z.strictObject({ atc: hex(2), cid: hex(1), cryptogram: hex(8), un: hex(4) }),
  payment: z.strictObject({
    requestId: z.uuid(),
    incomingPaymentId: z.uuid().nullable(),
    outgoingPaymentId: z.uuid().nullable(),
    amount: z.strictObject({ value: z.string().regex(/^\d+$/), assetCode: z.string(), assetScale: z.int() }),
  }),
  apdus: z.array(
    z.strictObject({ command: z.string(), response: z.string().regex(/9000$/), us: us.positive() }),
  ),
  timings: z.strictObject({
    cardUs: us.positive(),
    posUs: us.positive(),
    aseUs: us.positive(),
    hsmUs: us,
    rafikiUs: us.positive(),
    totalUs: us.positive(),
  }),
})

type Document = z.infer<typeof documentSchema>

/** The parts are rounded to no unit, so that only the last digits of the sum may differ. */
function assertAddsUp({ timings: { totalUs, ...parts } }: Document): void {
  const sum = Object.values(parts).reduce((total, part) => total + part, 0)
  assert.ok(Math.abs(sum - totalUs) < 1, `parts ${JSON.stringify(parts)} are not ${totalUs}`)
}

test('an approved tap is one JSON document, exit code 0', async (t) => {
  const args = ['tap', '--json', '--transport', 'loopback', '--currency', 'KWD', '--amount', '1.234']
  const command = await Command.start(t, args)
  const { code, stdout, stderr } = await command.ended
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const tap = documentSchema.parse(JSON.parse(stdout))
  assert.deepEqual([tap.outcome, tap.reason, tap.card.profile], ['Approved', null, 'interledger'])
  assert.deepEqual(tap.payment.amount, { value: '1234', assetCode: 'KWD', assetScale: 3 })
  assert.equal(tap.correlation, tap.payment.requestId)
  assert.ok(tap.payment.incomingPaymentId !== null && tap.payment.outgoingPaymentId !== null)
  assert.ok(tap.timings.hsmUs > 0)
  assertAddsUp(tap)
  await command.leftNothing()
})

test('a declined tap says why, exit code 1', async (t) => {
  const card = await strangeCard(t)
  const args = ['tap', '--json', '--transport', 'loopback', '--card', card]
  const { code, stdout, stderr } = await tapbench(t, args)
  assert.deepEqual({ code, stderr }, { code: 1, stderr: '' })
  const tap = documentSchema.parse(JSON.parse(stdout))
  assert.deepEqual([tap.outcome, tap.reason], ['Declined', "card's wallet address cannot be found"])
  assert.deepEqual([tap.payment.incomingPaymentId, tap.payment.outgoingPaymentId], [null, null])
  assertAddsUp(tap)
})

test('a tap that an EMV kernel did says how it ended, bits and values in words', async (t) => {
  const profiles = ['--card', 'mchip-like-contactless', '--terminal', 'contactless']
  const args = ['tap', '--json', '--transport', 'loopback', '--amount', '60', ...profiles]
  const { code, stdout } = await tapbench(t, args)
  assert.equal(code, 1)
  const { outcome, kernel } = JSON.parse(stdout)
  assert.equal(outcome, 'Declined')
  assert.deepEqual(
    [kernel.name, kernel.outcome, kernel.contactless.status],
    ['contactless', 'Declined', 'ONLINE REQUEST'],
  )
  // How long the relay resistance protocol took is this machine's business.
  const [pin, floor] = kernel.tvr.bits
  assert.deepEqual([pin, floor], ['3.3 online PIN entered', '4.8 transaction exceeds floor limit'])
  assert.deepEqual(kernel.cvmResults, {
    hex: '420300',
    words: 'enciphered PIN verified online, if the terminal supports the CVM: unknown',
  })
  assert.deepEqual(kernel.contactless.messages, ['Authorising, please wait', 'Not authorised'])
})

test('a recorded card is tapped as it was then; nobody here issued it', async (t) => {
  const args = ['tap', '--json', '--transport', 'loopback', '--card', 'tap-interledger']
  const { code, stdout, stderr } = await tapbench(t, args)
  // A command that is not in the recording would be told on stderr.
  assert.deepEqual({ code, stderr }, { code: 1, stderr: '' })
  const { reason, card, emv } = JSON.parse(stdout)
  assert.deepEqual(
    [reason, card.profile, emv.un],
    ["card's wallet address cannot be found", null, '6B984E6B'],
  )
})

test('Ctrl-C while the bench starts: exit code 130, and nothing is left', async (t) => {
  const command = await Command.start(t, ['tap', '--json', '--transport', 'pcsc'])
  await command.makes('tapbench-', 'pcscd-')
  command.signalAll('SIGINT')
  const { code, stdout, stderr } = await command.ended
  assert.deepEqual({ code, stdout, stderr }, { code: 130, stdout: '', stderr: 'tapbench: ended by SIGINT\n' })
  await command.leftNothing()
})

test('a reader of the output may stop early', async (t) => {
  const command = await Command.start(t, ['doctor', '--json'])
  command.hangUp()
  const { code, stderr } = await command.ended
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
})

/** A profile of cards whose wallet address is nobody's. */
async function strangeCard(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tb-card-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const profile = await readFile(join(ROOT, 'fixtures/cards/interledger.yaml'), 'utf8')
  const changed = profile
    .replace('personalised: [C1, ', 'personalised: [')
    .replace('    data:\n', '    data:\n      C1: { text: $wallet.tapbench.example/nobody }\n')
  assert.notEqual(changed, profile)
  const file = join(folder, 'stranger.yaml')
  await writeFile(file, changed)
  return file
}
