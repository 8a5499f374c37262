import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { tapbench } from '../testing/command.ts'

async function estate(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tb-estate-'))
  t.after(() => rm(folder, { recursive: true }))
  return folder
}

interface CeremonyDocument {
  done: boolean
  reason: string | null
  terminal: {
    terminalId: string | null
    generation: number | null
    keys: { kcv: string; firstKsn: string }[]
  }
  steps: { what: string }[]
}

test('a terminal is onboarded, rotates its keys, and is in the registry, each by a command', async (t) => {
  const folder = await estate(t)
  const onboarded = await tapbench(t, ['onboard', '--terminal', 'till-1', '--folder', folder])
  assert.equal(onboarded.code, 0, onboarded.stderr)
  for (const said of [
    'POST /onboarding → 200',
    'CN=terminal-000001, serialNumber=till-1',
    'key generation 1',
    'first KSN',
  ])
    assert.ok(onboarded.stdout.includes(said), `${said}\n${onboarded.stdout}`)
  const again = await tapbench(t, ['onboard', '--terminal', 'till-1', '--folder', folder, '--json'])
  assert.deepEqual([again.code, JSON.parse(again.stdout).reason], [1, 'onboarded_already'])
  const unknown = await tapbench(t, ['rotate', '--terminal', 'till-2', '--folder', folder])
  assert.equal(unknown.code, 2)
  assert.match(unknown.stderr, /one of till-1\), got "till-2"/)
  const toTdes = ['rotate', '--terminal', 'till-1', '--dukpt', 'TDES', '--folder', folder, '--json']
  const rotated = await tapbench(t, toTdes)
  const { done, terminal, steps }: CeremonyDocument = JSON.parse(rotated.stdout)
  assert.deepEqual(
    [rotated.code, done, terminal.terminalId, terminal.generation],
    [0, true, 'terminal-000001', 2],
  )
  assert.ok(steps.some(({ what }) => what === 'POST /keys/confirm'))
  assert.equal(new Set(terminal.keys.map(({ firstKsn }) => firstKsn)).size, 2)
  assert.ok(terminal.keys.every(({ firstKsn }) => /^0000000[34]000000400001$/.test(firstKsn)))
  const { stdout, code } = await tapbench(t, ['terminals', '--folder', folder, '--json'])
  const [line] = JSON.parse(stdout).terminals
  assert.deepEqual([code, line.serial, line.state, line.generation], [0, 'till-1', 'active', 2])
  assert.deepEqual(await secretsIn(folder, [onboarded.stdout, rotated.stdout, stdout].join()), [])
})

/** Which secrets of the devices are in a text; their files are for their owner alone. */
async function secretsIn(folder: string, text: string): Promise<string[]> {
  const devices = join(folder, 'devices')
  const found: string[] = []
  for (const name of await readdir(devices)) {
    const file = join(devices, name)
    assert.equal((await stat(file)).mode & 0o777, 0o600)
    const { secrets }: { secrets: Record<string, string> } = JSON.parse(await readFile(file, 'utf8'))
    found.push(
      ...Object.values(secrets).filter((secret) => text.toUpperCase().includes(secret.toUpperCase())),
    )
  }
  return found
}
