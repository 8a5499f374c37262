import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { shareMasters } from '../../hardware/hsm/group/ceremony.ts'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { FileKeyStore } from '../../hardware/hsm/keys/file-key-store.ts'
import { createPrivateToken, type Token } from '../../hardware/hsm/token.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { Command, tapbench } from '../testing/command.ts'

const SO_PIN = 'security officer of this test'

/** A token with a MAC key and an initial key, and the environment that names it. */
async function someToken(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'tb-hsm-'))
  t.after(() => rm(directory, { recursive: true }))
  const token = await createPrivateToken({ directory, tokenLabel: 'issuer' })
  const [keyFile, pinFile] = [join(directory, 'keys'), join(directory, 'pin')]
  await writeFile(pinFile, token.pin)
  const keys = new FileKeyStore(keyFile)
  const hsm = await openHsm({ token, keys, signers: 1, journal: silentJournal })
  const mac = await hsm.generateKey({ label: 'm', usage: 'MAC', algorithm: 'tdes-2', owner: 'shop' })
  await hsm.generateKey({ label: 'bdk', usage: 'DUKPT base', algorithm: 'aes-128' })
  const ksn = new Uint8Array(12).fill(1, 0, 8)
  const initial = await hsm.dukpt.deriveInitialKey({ label: 'ik', base: 'bdk', ksn })
  await hsm.close()
  const env = {
    TAPBENCH_HSM_TOKEN_LABEL: 'issuer',
    TAPBENCH_HSM_PIN_FILE: pinFile,
    TAPBENCH_HSM_KEYS: keyFile,
    ...token.environment,
  }
  return { keyFile, env, pin: token.pin, mac, initial }
}

/** Two tokens with one configuration and the same master keys, "left" and "right", and the environment that names both. */
async function twoTokens(t: TestContext) {
  const directory = await mkdtemp(join(tmpdir(), 'tb-hsm-'))
  t.after(() => rm(directory, { recursive: true }))
  const [left, right] = [await newToken('left'), await newToken('right')] as const
  const folderOf = (token: Token) => join(dirname(token.environment?.SOFTHSM2_CONF ?? ''), 'tokens')
  for (const name of await readdir(folderOf(right)))
    await rename(join(folderOf(right), name), join(folderOf(left), name))
  const pins = [left, right].map(async ({ pin, tokenLabel = '' }) => {
    await writeFile(join(directory, tokenLabel), pin)
    return join(directory, tokenLabel)
  })
  const [pinFile = '', secondPinFile = ''] = await Promise.all(pins)
  const env = {
    ...left.environment,
    TAPBENCH_HSM_TOKENS: '2',
    TAPBENCH_HSM_TOKEN_LABEL: 'left',
    TAPBENCH_HSM_PIN_FILE: pinFile,
    TAPBENCH_HSM_2_TOKEN_LABEL: 'right',
    TAPBENCH_HSM_2_PIN_FILE: secondPinFile,
  }
  return { env, provisioned: { ...env, TAPBENCH_HSM_PROVISION: 'yes' }, directory, left }

  function newToken(tokenLabel: string): Promise<Token> {
    return createPrivateToken({ directory, tokenLabel, masters: false, securityOfficerPin: SO_PIN })
  }
}

test('hsm keys: the tokens of a group, and why one is away', async (t) => {
  const { env, provisioned } = await twoTokens(t)
  const both = await tapbench(t, ['hsm', 'keys'], { env: provisioned })
  assert.match(both.stdout, /^softhsm2, token "left" and softhsm2, token "right"\n/)
  const gone = { ...env, TAPBENCH_HSM_2_TOKEN_LABEL: 'gone' }
  const { code, stdout } = await tapbench(t, ['hsm', 'keys', '--json'], { env: gone })
  const { tokens } = JSON.parse(stdout) as { tokens: Record<string, string | null>[] }
  const [left, right] = tokens
  assert.deepEqual(
    { code, left },
    { code: 0, left: { provider: 'softhsm2', name: 'left', standing: 'there', reason: null } },
  )
  assert.equal(right?.standing, 'away')
  assert.match(right?.reason ?? '', /^expected the token "gone" in \S+, got .*"right"/)
})

test('hsm keys: a wrong PIN reaches the token once, however often the command is given', async (t) => {
  const { env, keyFile, pin } = await someToken(t)
  const pinFile = env.TAPBENCH_HSM_PIN_FILE
  await writeFile(pinFile, 'not this one')
  const first = await tapbench(t, ['hsm', 'keys'], { env })
  assert.match(first.stderr, /CKR_PIN_INCORRECT/)
  const second = await tapbench(t, ['hsm', 'keys'], { env })
  assert.match(
    second.stderr,
    /got one that was wrong before, as \S+keys\.wrong-pins has it: give another PIN/,
  )
  assert.deepEqual([first.code, second.code], [3, 3])
  await writeFile(pinFile, pin)
  const right = await tapbench(t, ['hsm', 'keys'], { env })
  assert.deepEqual([right.code, existsSync(`${keyFile}.wrong-pins`)], [0, false])
})

test('hsm join: a new token gets the master keys of a lost one, and serves the keys', async (t) => {
  const { env: named, directory, left } = await twoTokens(t)
  await shareMasters([left], systemClock)
  const env = { ...named, TAPBENCH_HSM_KEYS: join(directory, 'keys') }
  const hsm = await openHsm({
    token: left,
    keys: new FileKeyStore(env.TAPBENCH_HSM_KEYS),
    signers: 1,
    journal: silentJournal,
  })
  await hsm.generateKey({ label: 'm', usage: 'MAC', algorithm: 'aes-128' })
  await hsm.close()
  const soPinFile = join(directory, 'so-pin')
  const args = ['hsm', 'join', '--so-pin-file', soPinFile]
  const without = await tapbench(t, args, { env })
  assert.equal(without.code, 3)
  assert.match(without.stderr, /expected the PIN of the security officer in \S+so-pin, got ENOENT/)
  await writeFile(soPinFile, `${SO_PIN}\n`)
  const log = join(directory, 'log')
  const { code, stdout, stderr } = await tapbench(t, args, { env: { ...env, TAPBENCH_LOG: log } })
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  assert.match(
    await readFile(log, 'utf8'),
    /"msg":"token \\"right\\" joined \\"left\\": storage key [0-9A-F]{6}, /,
  )
  assert.match(
    stdout,
    /^token "right" holds the master keys of token "left":\n {2}storage key {2}check value [0-9A-F]{6}\n/,
  )
  const { stdout: tree } = await tapbench(t, ['hsm', 'keys'], { env })
  assert.match(tree, /^softhsm2, token "left" and softhsm2, token "right"\n/)
  const again = await tapbench(t, args, { env })
  assert.equal(again.code, 3)
  assert.match(again.stderr, /got keys in "left" and "right": initialise the new token/)
})

test('hsm providers: a column for each token of a group', async (t) => {
  const { env } = await twoTokens(t)
  const { code, stdout } = await tapbench(t, ['hsm', 'providers'], { env })
  assert.equal(code, 0)
  assert.match(stdout, /^operation +softhsm2 "left" +softhsm2 "right"/)
  assert.match(stdout, /^Mac aes-cmac +in token +in token/m)
})

test('hsm keys: each key under its usage, derived ones below what they come from', async (t) => {
  const { env, mac, initial } = await someToken(t)
  const { code, stdout } = await tapbench(t, ['hsm', 'keys'], { env })
  assert.equal(code, 0)
  assert.match(stdout, /^softhsm2, token "issuer"\n├─ storage key: aes-256/)
  const indented = (text: string) =>
    stdout
      .split('\n')
      .find((line) => line.includes(text))
      ?.indexOf(text) ?? -1
  assert.ok(stdout.includes(`"m", tdes-2, version 1, KCV ${mac.kcv}, of shop`), stdout)
  assert.ok(stdout.includes(`"ik", aes-128, version 1, KCV ${initial.kcv}`), stdout)
  assert.ok(indented('"ik"') > indented('"bdk"') && indented('"bdk"') > indented('DUKPT base'))
})

test('hsm keys: a record that somebody changed shows itself, exit code 1', async (t) => {
  const { keyFile, env, pin } = await someToken(t)
  await writeFile(keyFile, (await readFile(keyFile, 'utf8')).replace('"owner":"shop"', '"owner":"thief"'))
  const command = await Command.start(t, ['hsm', 'keys', '--json'], { env })
  const { code, stdout, stderr } = await command.ended
  const { keys } = JSON.parse(stdout) as { keys: { label: string; found: string }[] }
  assert.deepEqual(
    { code, found: keys.find(({ label }) => label === 'm')?.found },
    { code: 1, found: 'BLOB_ALTERED' },
  )
  assert.ok(!`${stdout}${stderr}`.includes(pin))
  await command.leftNothing()
})

test('hsm providers: SoftHSM2 does all in the token that does not come in the clear; what is lacking says why', async (t) => {
  const command = await Command.start(t, ['hsm', 'providers', '--json'])
  const { code, stdout } = await command.ended
  assert.equal(code, 0)
  const { providers } = JSON.parse(stdout) as {
    providers: {
      provider: string
      reason: string | null
      operations: Record<string, { where: string }> | null
    }[]
  }
  assert.deepEqual(
    providers.map(({ provider }) => provider),
    ['softhsm2', 'nss', 'opencryptoki', 'yubihsm2'],
  )
  for (const { operations, reason } of providers) assert.equal(operations === null, reason !== null)
  const places = Object.entries(providers[0]?.operations ?? {})
  assert.ok(places.length > 0)
  assert.equal(providers[0]?.operations?.['Mac aes-cmac']?.where, 'in token')
  assert.equal(providers[0]?.operations?.['ImportKey aes']?.where, 'clear in signer')
  await command.leftNothing()
})

test('hsm providers: a table, an operation a line', async (t) => {
  const { code, stdout } = await tapbench(t, ['hsm', 'providers'])
  assert.equal(code, 0)
  assert.match(stdout, /^operation +softhsm2/)
  assert.match(stdout, /^Mac aes-cmac +in token/m)
  assert.match(stdout, /^softhsm2: \/.*libsofthsm2\.so$/m)
})
