import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { HsmError } from './error.ts'
import { PinGuard } from './pin-guard.ts'

const MINUTE = 60_000
const access = (pin: string, tokenLabel = 'a') => ({ module: '/m.so', tokenLabel, pin })

function codeOf(action: () => void): string | null {
  try {
    action()
    return null
  } catch (error) {
    assert.ok(error instanceof HsmError)
    assert.ok(!error.message.includes('1234'))
    return error.code
  }
}

function setUp() {
  const clock = new ManualClock()
  const guard = new PinGuard(clock)
  return {
    clock,
    guard,
    admit: (pin: string, label?: string) => codeOf(() => guard.admit(access(pin, label))),
  }
}

test('a PIN that was wrong is not tried again, another one is', () => {
  const { guard, admit } = setUp()
  assert.equal(admit('1234'), null)
  guard.wrong(access('1234'))
  assert.equal(admit('1234'), 'PIN_REFUSED_BEFORE')
  assert.equal(admit('5678'), null)
  assert.equal(admit('1234', 'b'), null)
})

test('three different wrong ones lock every PIN out for 15 minutes, the right one too', () => {
  const { clock, guard, admit } = setUp()
  for (const pin of ['1', '2', '2', '3']) guard.wrong(access(pin))
  assert.equal(admit('right'), 'PIN_LOCKED')
  clock.advance(15 * MINUTE - 1)
  assert.equal(admit('right'), 'PIN_LOCKED')
  clock.advance(1)
  assert.equal(admit('right'), null)
})

test('a right PIN wipes the count', () => {
  const { guard, admit } = setUp()
  for (const pin of ['1', '2']) guard.wrong(access(pin))
  guard.right(access('right'))
  guard.wrong(access('3'))
  assert.equal(admit('1'), null)
})

test('a file remembers wrong PINs and the lockout for the next process, and none of the PINs', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-pins-'))
  t.after(() => rm(directory, { recursive: true }))
  const triesFile = join(directory, 'keys.wrong-pins')
  const clock = new ManualClock()
  const kept = (pin: string) => ({ ...access(pin), triesFile, environment: { OF: `run ${pin}` } })
  const inNewProcess = (pin: string) => codeOf(() => new PinGuard(clock).admit(kept(pin)))
  new PinGuard(clock).wrong(kept('12345678'))
  assert.deepEqual([inNewProcess('12345678'), inNewProcess('87654321')], ['PIN_REFUSED_BEFORE', null])
  assert.equal((await stat(triesFile)).mode & 0o777, 0o600)
  assert.doesNotMatch(await readFile(triesFile, 'utf8'), /12345678/)
  for (const pin of ['2', '3']) new PinGuard(clock).wrong(kept(pin))
  assert.equal(inNewProcess('right'), 'PIN_LOCKED')
  clock.advance(15 * MINUTE)
  assert.deepEqual([inNewProcess('right'), inNewProcess('2')], [null, 'PIN_REFUSED_BEFORE'])
  new PinGuard(clock).right(kept('right'))
  assert.deepEqual(await readdir(directory), [])
  await writeFile(triesFile, 'torn')
  assert.equal(inNewProcess('right'), 'KEY_STORE_BROKEN')
})
