import assert from 'node:assert/strict'
import { watch } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { openDatabase } from '../../simulators/common/database.ts'
import { migrations } from '../../simulators/merchant-ase/database/migrations.ts'
import type { Tables } from '../../simulators/merchant-ase/database/tables.ts'
import { registryOf } from '../../steps/terminals/kept/place.ts'
import { Command, type Ended, tapbench } from '../testing/command.ts'

const DEVICE = 'till-1'

async function estate(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tb-estate-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

/** A tap of a card that wants a PIN for this amount. */
function tapArgs(folder: string, ...others: string[]): string[] {
  const card = ['--transport', 'loopback', '--card', 'interledger-pin', '--amount', '60']
  return ['tap', '--device', DEVICE, '--folder', folder, ...card, ...others]
}

/** Key serial numbers of account and PIN: the initial key's identifier, and the counter. */
function ksnsIn({ stdout, stderr }: Ended): { id: string; counter: number }[] {
  const found = [...stdout.matchAll(/"ksn": "([0-9A-F]{16})([0-9A-F]{8})"/g)]
  assert.equal(found.length, 2, stdout + stderr)
  return found.map(([, id = '', counter = '']) => ({ id, counter: Number.parseInt(counter, 16) }))
}

test('who was onboarded pays; no key is used twice, also after a crash; overdue it is refused until it rotates', async (t) => {
  const folder = await estate(t)
  const onboarded = await tapbench(t, ['onboard', '--terminal', DEVICE, '--folder', folder])
  assert.equal(onboarded.code, 0, onboarded.stderr)

  const asProfile = await tapbench(t, ['tap', '--terminal', DEVICE, '--folder', folder])
  assert.equal(asProfile.code, 2)
  assert.match(asProfile.stderr, /"till-1" is an onboarded terminal: --device till-1/)

  const killed = await Command.start(t, tapArgs(folder))
  const early = killed.ended.then(({ stderr }) => assert.fail(`it ended before it was killed: ${stderr}`))
  await Promise.race([changed(join(folder, 'devices')), early])
  killed.signalAll('SIGKILL')
  assert.equal((await killed.ended).signal, 'SIGKILL')
  const declined = await tapbench(t, tapArgs(folder, '--verbose', '--pin', '123456789012'))
  assert.match(declined.stdout, /The terminal shows: Declined {2}PIN is wrong/)
  assert.equal(declined.code, 1)
  const former = ksnsIn(declined)
  // The account is enciphered first: with the first key in the tap that was killed.
  assert.equal(former[0]?.counter, 2)

  await letKeysBecomeOverdue(folder)
  const refused = await tapbench(t, tapArgs(folder, '--json'))
  const { outcome, reason } = JSON.parse(refused.stdout)
  assert.deepEqual([refused.code, outcome, reason], [1, 'Failed', 'terminal did not rotate its keys in time'])

  const rotated = await tapbench(t, ['rotate', '--terminal', DEVICE, '--folder', folder])
  assert.equal(rotated.code, 0, rotated.stderr)
  const approved = await tapbench(t, tapArgs(folder, '--verbose'))
  assert.equal(approved.code, 0, approved.stdout + approved.stderr)
  const said = ['POST: https://127.0.0.1', 'keyid="terminal-000001"', 'VerifyPin']
  for (const part of said) assert.ok(approved.stdout.includes(part), part)
  const renewed = ksnsIn(approved)
  assert.deepEqual(
    renewed.map(({ counter }) => counter),
    [1, 1],
  )
  assert.ok(renewed.every(({ id }) => former.every((before) => before.id !== id)))
})

const WRONG: [args: string[], said: RegExp][] = [
  [['--device', 'till-9'], /expected a terminal that was onboarded \(there is none yet\), got "till-9"/],
  [['--device', '../till-9'], /expected a name of 1 to 40 letters/],
  [['--pin', '12'], /expected 4 to 12 digits in --pin, got something else/],
]

for (const [args, said] of WRONG) {
  test(`tap ${args.join(' ')} is told what is wrong`, async (t) => {
    const folder = await estate(t)
    const { code, stderr } = await tapbench(t, ['tap', ...args, '--folder', folder])
    assert.equal(code, 2)
    assert.match(stderr, said)
  })
}

/** Waits until the device's file is replaced. */
function changed(folder: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(folder, { persistent: false }, (event, name) => {
      if (event !== 'rename' || name !== `${DEVICE}.json`) return
      watcher.close()
      resolve()
    })
  })
}

/** As if a month had gone by. */
async function letKeysBecomeOverdue(folder: string): Promise<void> {
  const db = await openDatabase<Tables>(registryOf({ folder, databaseUrl: undefined }), migrations)
  await db.updateTable('terminals').set({ keys_overdue_at: 0 }).execute()
  await db.destroy()
}
