import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { inspect } from 'node:util'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { openHsm } from '../hsm.ts'
import { fault } from '../test-support/fault.ts'
import { createPrivateToken, type Token } from '../token.ts'
import { moduleOf, openTokenOf } from './open-token.ts'
import { tokenSettings } from './settings.ts'

const settings = (variables: Record<string, string>) => tokenSettings(variables, '')

describe('settings of a token', () => {
  const refused: [Record<string, string>, RegExp][] = [
    [{ PROVIDER: 'thales' }, /one of softhsm2, nss, opencryptoki, yubihsm2 in PROVIDER, got "thales"/],
    [{ TOKEN_LABEL: 'a' }, /with its PIN \(PIN or PIN_FILE\), or neither, got a token alone/],
    [{ PIN: 'secret' }, /got a PIN alone/],
    [{ TOKEN_LABEL: 'a', SLOT: '1', PIN: 'secret' }, /one of TOKEN_LABEL, SERIAL and SLOT, got several/],
    [{ SLOT: 'one', PIN: 'secret' }, /a number in SLOT, got "one"/],
    [{ SLOT: '1', PIN: 'secret', PIN_FILE: '/x' }, /one of PIN and PIN_FILE, got both/],
    [{ PROVISION: 'maybe' }, /yes or no in PROVISION, got "maybe"/],
  ]
  for (const [variables, message] of refused)
    it(`refuses ${Object.keys(variables).join(', ')}, without the PIN`, () => {
      assert.throws(
        () => settings(variables),
        (error) => {
          assert.ok(!String(error).includes('secret'))
          return fault('CONFIGURATION_WRONG', message)(error)
        },
      )
    })

  it('takes empty variables for none', () => {
    assert.deepEqual(settings({ TOKEN_LABEL: '', PIN: '' }), settings({}))
  })
})

describe('a token that exists', () => {
  let directory: string
  let vendor: Token
  const environment = { ...process.env }
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-provider-'))
    vendor = await createPrivateToken({ directory, tokenLabel: 'vendor' })
    Object.assign(process.env, vendor.environment)
  })
  after(async () => {
    process.env = environment
    await rm(directory, { recursive: true })
  })

  it('is opened by label and a PIN from a file; its keys are there the next time', async () => {
    const [pinFile, keyFile] = [join(directory, 'pin'), join(directory, 'keys')]
    await writeFile(pinFile, `${vendor.pin}\n`)
    const named = settings({ TOKEN_LABEL: 'vendor', PIN_FILE: pinFile, KEYS: keyFile })
    const macs: Uint8Array[] = []
    for (const first of [true, false]) {
      const { access, keys } = await openTokenOf(named, directory)
      assert.ok(!inspect(access, { depth: 9 }).includes(vendor.pin))
      const hsm = await openHsm({ token: access, keys, signers: 1, journal: silentJournal })
      if (first) await hsm.generateKey({ label: 'lasting', usage: 'MAC', algorithm: 'aes-128' })
      macs.push(await hsm.generateMac({ key: 'lasting', method: 'aes-cmac', data: new Uint8Array(5) }))
      await hsm.close()
    }
    assert.deepEqual(macs[0], macs[1])
    assert.equal((await readFile(keyFile, 'utf8')).split('\n').length, 2)
  })

  it('is refused when the file of its PIN is not there, or its PIN is wrong', async () => {
    await assert.rejects(
      openTokenOf(settings({ TOKEN_LABEL: 'vendor', PIN_FILE: '/nowhere' }), directory),
      fault('CONFIGURATION_WRONG', /the user PIN of the token in \/nowhere, got ENOENT/),
    )
    const { access } = await openTokenOf(settings({ TOKEN_LABEL: 'vendor', PIN: 'wrong' }), directory)
    await assert.rejects(
      openHsm({ token: access, signers: 2, journal: silentJournal }),
      fault('PIN_INCORRECT', /"vendor"/),
    )
    await assert.rejects(
      openHsm({ token: access, signers: 1, journal: silentJournal }),
      fault('PIN_REFUSED_BEFORE', /wrong before: give another PIN/),
    )
  })
})

describe('a module', () => {
  const packages = {
    softhsm2: /softhsm2\)/,
    nss: /libnss3\)/,
    opencryptoki: /pkcsslotd\)/,
    yubihsm2: /SDK/,
  } as const
  for (const [provider, install] of Object.entries(packages))
    it(`of ${provider} that is not installed is refused by name, with its package`, () => {
      const named = settings({ PROVIDER: provider })
      assert.throws(
        () => moduleOf(named, () => false),
        (error) =>
          fault('MODULE_NOT_FOUND', new RegExp(`expected ${provider} at one of`))(error) &&
          fault('MODULE_NOT_FOUND', install)(error),
      )
    })

  it('of another vendor is given no new token', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tapbench-provider-'))
    await assert.rejects(
      openTokenOf(settings({ MODULE: import.meta.filename }), directory),
      fault(
        'CONFIGURATION_WRONG',
        /label, serial number or slot of a token in .*providers\.test\.ts, got none/,
      ),
    )
    assert.deepEqual(await readdir(directory), [])
    await rm(directory, { recursive: true })
  })
})
