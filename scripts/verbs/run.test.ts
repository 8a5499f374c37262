import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { Command } from '../testing/command.ts'

async function temporary(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tb-run-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  return folder
}

// A card number of the card schemes' documentation, where a scenario could have written the PAN of a card.
const TALKATIVE = `Feature: a scenario that tells a PAN
  Scenario: card 4111111111111111
    Given a cardholder with 50.00 EUR and a card "interledger"
`

test('a run whose reports hold a PAN fails and says where, exit code 1', async (t) => {
  const folder = await temporary(t)
  await writeFile(join(folder, 'talkative.feature'), TALKATIVE)
  const args = ['run', join(folder, 'talkative.feature'), '--report', folder, '--transport', 'loopback']
  const command = await Command.start(t, args)
  const { code, stdout, stderr } = await command.ended
  assert.match(stdout, /1 scenario \(1 passed\)/)
  assert.equal(code, 1)
  for (const name of ['report.html', 'junit.xml', 'messages.ndjson'])
    assert.ok(stderr.includes(`${join(folder, name)}: expected no secret, got: PAN as digits at byte `), name)
  assert.doesNotMatch(stderr, /4111/)
  await command.leftNothing()
})

const LIAR = `Feature: somebody who says yes to everything
  Scenario: an approval of nothing
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR
    And somebody answers at point-of-sale's address with 200 '{"result":{"code":"approved"}}'
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
`

test('a scenario after which money is missing fails and says which payment, exit code 1', async (t) => {
  const folder = await temporary(t)
  await writeFile(join(folder, 'liar.feature'), LIAR)
  const args = ['run', join(folder, 'liar.feature'), '--report', folder, '--transport', 'loopback']
  const { code, stdout } = await (await Command.start(t, args)).ended
  assert.match(stdout, /1 scenario \(1 failed\)\n7 steps \(6 passed, 1 failed\)/)
  assert.match(stdout, /approved_without_money: expected one completed incoming payment of what was approved/)
  assert.match(
    stdout,
    /merchant ASE: Approved, 1250 minor units of EUR, request [\da-f-]{36} of terminal \S+, no money/,
  )
  assert.equal(code, 1)
})

test('a signal during a run: exit code 143, and nothing is left', async (t) => {
  const command = await Command.start(t, ['run', 'features/payment', '--report', await temporary(t)])
  // A dot for each step that passed.
  await command.says(/\.{10}/)
  command.signal('SIGTERM')
  const { code, stderr } = await command.ended
  assert.deepEqual({ code, stderr }, { code: 143, stderr: 'tapbench: ended by SIGTERM\n' })
  await command.leftNothing()
})
