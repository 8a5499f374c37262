import assert from 'node:assert/strict'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { createSecureContext } from 'node:tls'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey } from '../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../protocols/dukpt/host.ts'
import { readKsn } from '../../protocols/dukpt/ksn.ts'
import { initialKeyHeader, KEY_PURPOSES, type KeyPurpose } from '../../protocols/onboarding/key-purposes.ts'
import type { DeviceReason } from '../../protocols/onboarding/reasons.ts'
import { decipherPin } from '../../protocols/pin/encipher.ts'
import { testHolder, testRoot } from '../../protocols/x509/testing/authority.ts'
import type { HttpClient, TlsClient } from '../../simulators/common/http-client.ts'
import { findTerminal } from '../../simulators/merchant-ase/payments/terminals.ts'
import { TEST_BDKS } from '../../simulators/merchant-ase/testing/software-trust-keys.ts'
import { DEVICE_KEYS, Device } from '../../simulators/pos/device/device.ts'
import type { KeySet } from '../../simulators/pos/device/key-set.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { rotate, rotateIfDue } from '../../simulators/pos/onboarding/rotate.ts'
import { seeded, TEST_SECRETS } from '../../simulators/pos/testing/factory.ts'
import { altering, cutAt } from './testing/faulty-http.ts'
import { DOWNGRADED_HEADERS, FORGERIES, type Forgery, forgedTokens } from './testing/forged-tokens.ts'
import { DAY, TrustRig } from './testing/rig.ts'

const PAN = '4111111111111111'

let rig: TrustRig
before(async () => {
  rig = await TrustRig.start()
})
after(() => rig.close())

async function terminal(options: { rotated?: boolean } = {}): Promise<Device> {
  const device = await rig.newDevice()
  const activationCode = await rig.admit(device)
  assert.deepEqual(await onboard(device, { activationCode, signingKind: 'Ed25519' }, rig.options()), {
    done: true,
  })
  if (options.rotated !== false) assert.deepEqual(await rotate(device, rig.options()), { done: true })
  return device
}

function reasonOf(outcome: CeremonyOutcome): string {
  return outcome.done ? 'done' : `${outcome.by}: ${outcome.reason}`
}

const nameOf = (device: Device) => device.registration?.terminalId ?? assert.fail('not onboarded')
const generationOf = (device: Device) => device.current?.generation ?? 0

/** What the merchant ASE thinks of a key set's keys. */
async function judged(terminalId: string, set: KeySet | null): Promise<string> {
  if (set === null) return 'no keys'
  const verdicts = await Promise.all(
    KEY_PURPOSES.map((purpose) =>
      rig.office.judgeKey(terminalId, purpose, { id: fromHex(set.keys[purpose].id) }),
    ),
  )
  const words = verdicts.map((verdict) => (verdict.usable ? 'usable' : verdict.reason))
  return [...new Set(words)].join(' and ')
}

/** A signed request of a device, as it is or changed. */
async function ask(
  device: Device,
  path: string,
  content: unknown,
  changes: {
    created?: number
    nonce?: string
    body?: string
    key?: string
    keyId?: string
    /** Null shows no certificate. */
    as?: TlsClient | null
  } = {},
): Promise<string> {
  const body = JSON.stringify(content)
  const { created = rig.clock.now(), nonce = toHex(randomBytes(8)), key = DEVICE_KEYS.signing } = changes
  const url = `${rig.url}${path}`
  const identity = { keyId: changes.keyId ?? nameOf(device), created, nonce }
  const signed = await device.parts.keyStore.signRequest(key, { method: 'POST', url, body }, identity)
  const { 'content-length': _, ...headers } = signed
  const call = {
    to: 'merchant-ase',
    method: 'POST',
    url,
    headers,
    body: changes.body ?? body,
    as: changes.as === undefined ? device.tlsClient : (changes.as ?? undefined),
    timeoutMs: 10_000,
  } as const
  const { status, body: answer } = await rig.http.call(call)
  return `${status} ${(answer as { refused?: string }).refused ?? 'taken'}`
}

test('a PIN of the terminal is read with the base derivation key', async () => {
  const device = await terminal()
  for (const count of [1, 2]) {
    const { handle, id } = device.current?.keys.PIN ?? assert.fail()
    const { ksn, data } = device.parts.whiteBox.encipherPin(handle, '1234', PAN) ?? assert.fail()
    assert.equal(toHex(ksn), `${id}0000000${count}`)
    const read = readKsn(AES_DUKPT, ksn)
    if (!read.ok) return assert.fail(read.reason)
    const key = aesWorkingKey(
      hostTransactionKey(TEST_BDKS.PIN, read.ksn),
      read.ksn,
      'pinEncryption',
      'AES256',
    )
    assert.deepEqual(decipherPin({ format: 4, key, pan: PAN }, data), { ok: true, pin: '1234' })
    assert.deepEqual(await rig.office.judgeKey(nameOf(device), 'PIN', read.ksn), {
      usable: true,
      generation: 1,
    })
    assert.deepEqual(await rig.office.judgeKey(nameOf(device), 'SRED', read.ksn), {
      usable: false,
      reason: 'keys_unknown',
    })
  }
})

test('the POS API knows from when on a terminal is overdue, and knows no terminal that was taken out of service', async () => {
  const device = await terminal()
  const known = async () => (await findTerminal(rig.db, nameOf(device), 'EUR', null)).terminal
  assert.equal((await known())?.keysOverdueAt, rig.clock.now() + 31 * DAY)
  await rig.office.withdrawKeys(nameOf(device))
  assert.equal((await known())?.keysOverdueAt, rig.clock.now())
  await rotate(device, rig.options())
  assert.equal((await known())?.keysOverdueAt, rig.clock.now() + 31 * DAY)
  await rig.office.retire(nameOf(device), 'decommissioned')
  assert.equal(await known(), null)
})

describe('rotation', () => {
  test('is due after 30 days, then overdue, then done', async () => {
    const device = await terminal()
    const { current } = device
    assert.deepEqual(await rotateIfDue(device, rig.options()), { outcome: { done: true }, rotated: false })
    rig.clock.advance(30 * DAY - 1)
    assert.equal((await rotateIfDue(device, rig.options())).rotated, false)
    rig.clock.advance(1)
    assert.equal(await judged(nameOf(device), current), 'usable')
    rig.clock.advance(DAY - 1)
    assert.equal(await judged(nameOf(device), current), 'usable')
    rig.clock.advance(1)
    assert.equal(await judged(nameOf(device), current), 'terminal_overdue')
    assert.deepEqual(await rotateIfDue(device, rig.options()), { outcome: { done: true }, rotated: true })
    assert.equal(generationOf(device), 2)
    assert.equal(await judged(nameOf(device), device.current), 'usable')
  })

  test('on demand is due at once; both generations are taken for a day', async () => {
    const device = await terminal()
    const { current } = device
    await rig.office.demandRotation(nameOf(device))
    assert.equal((await rotateIfDue(device, rig.options())).rotated, true)
    assert.equal(await judged(nameOf(device), current), 'usable')
    assert.equal(await judged(nameOf(device), device.current), 'usable')
    rig.clock.advance(DAY - 1)
    assert.equal(await judged(nameOf(device), current), 'usable')
    rig.clock.advance(1)
    assert.equal(await judged(nameOf(device), current), 'keys_retired')
    assert.equal(await judged(nameOf(device), device.current), 'usable')
  })

  test('in an emergency takes the former keys out without grace', async () => {
    const device = await terminal()
    const { current } = device
    await rig.office.withdrawKeys(nameOf(device))
    assert.equal(await judged(nameOf(device), current), 'keys_compromised')
    assert.equal((await rotateIfDue(device, rig.options())).rotated, true)
    assert.equal(await judged(nameOf(device), current), 'keys_compromised')
    assert.equal(await judged(nameOf(device), device.current), 'usable')
  })

  test('in an emergency that comes while keys are on their way: those are dropped, and newer ones fetched', async () => {
    const device = await terminal()
    assert.equal(
      reasonOf(await rotate(device, rig.options({ http: cutAt(rig.http, { 1: 'request' }) }))),
      'device: ase_unreachable',
    )
    const { staged } = device
    await rig.office.withdrawKeys(nameOf(device))
    assert.equal(reasonOf(await rotate(device, rig.options())), 'done')
    assert.equal(generationOf(device), 3)
    assert.equal(await judged(nameOf(device), staged), 'keys_compromised')
    assert.equal(Object.keys(device.parts.whiteBox.save().keys).length, 2)
  })

  test('keys that were not confirmed are not taken', async () => {
    const device = await terminal()
    await rotate(device, rig.options({ http: cutAt(rig.http, { 1: 'request' }) }))
    assert.equal(await judged(nameOf(device), device.staged), 'keys_pending')
  })

  test('of two at once in a terminal there is one', async () => {
    const device = await terminal()
    const outcomes = await Promise.all([rotate(device, rig.options()), rotate(device, rig.options())])
    assert.deepEqual(outcomes, [{ done: true }, { done: true }])
    assert.equal(generationOf(device), 2)
  })

  test('two at once of two copies of a terminal give the same keys', async () => {
    const device = await terminal()
    const copy = Device.restore(device.save(), TEST_SECRETS, seeded('copy'))
    const outcomes = await Promise.all([rotate(device, rig.options()), rotate(copy, rig.options())])
    const ids = (one: Device) => KEY_PURPOSES.map((purpose) => one.current?.keys[purpose].id)
    const generations = [generationOf(device), generationOf(copy)].toSorted()
    assert.deepEqual(outcomes.map(reasonOf), ['done', 'done'])
    // They overlap, or one comes wholly after the other: in both cases each uses what the merchant ASE takes.
    if (generations[0] === generations[1]) assert.deepEqual(ids(device), ids(copy))
    assert.deepEqual(
      [await judged(nameOf(device), device.current), await judged(nameOf(copy), copy.current)],
      ['usable', 'usable'],
    )
  })

  test('two requests at once are for the same generation', async () => {
    const device = await terminal()
    const seen: unknown[] = []
    const http = altering(rig.http, '/keys', (body) => {
      seen.push(body.generation)
      return body
    })
    const copy = Device.restore(device.save(), TEST_SECRETS, seeded('copy'))
    const before = cutAt(http, { 1: 'request' })
    await Promise.all([
      rotate(device, rig.options({ http: before })),
      rotate(copy, rig.options({ http: cutAt(http, { 1: 'request' }) })),
    ])
    assert.deepEqual(seen, [2, 2])
  })
})

describe('a rotation that is cut leaves one working key set', () => {
  // 0: POST /keys, 1: POST /keys/confirm.
  const cuts: readonly (readonly [
    what: string,
    cuts: Record<number, 'request' | 'answer'>,
    generation: number,
  ])[] = [
    ['before keys are asked for', { 0: 'request' }, 2],
    ['before the keys arrive', { 0: 'answer' }, 2],
    ['before the confirmation arrives', { 1: 'request' }, 2],
    ['before the confirmation is answered', { 1: 'answer' }, 2],
  ]
  for (const power of ['stays', 'is lost'] as const)
    for (const [what, cut, generation] of cuts)
      test(`${what}; the power ${power}`, async () => {
        let device = await terminal()
        let file = JSON.parse(JSON.stringify(device.save()))
        const keep = async (kept: Device) => {
          file = JSON.parse(JSON.stringify(kept.save()))
        }
        const http = cutAt(rig.http, cut)
        assert.equal(reasonOf(await rotate(device, rig.options({ http, keep }))), 'device: ase_unreachable')
        if (power === 'is lost') device = Device.restore(file, TEST_SECRETS, seeded('again'))
        const { handle } = device.current?.keys.PIN ?? assert.fail('no keys')
        assert.ok(device.parts.whiteBox.encipherPin(handle, '1234', PAN))
        assert.equal(generationOf(device), 1)
        assert.equal(await judged(nameOf(device), device.current), 'usable')
        assert.equal(reasonOf(await rotate(device, rig.options({ keep }))), 'done')
        assert.equal(generationOf(device), generation)
        assert.equal(await judged(nameOf(device), device.current), 'usable')
        assert.equal(Object.keys(file.whiteBox.keys).length, 2)
      })

  test('also when it was cut for longer than the grace: it is confirmed first', async () => {
    const device = await terminal()
    await rotate(device, rig.options({ http: cutAt(rig.http, { 1: 'answer' }) }))
    rig.clock.advance(2 * DAY)
    assert.equal(await judged(nameOf(device), device.current), 'keys_retired')
    assert.equal((await rotateIfDue(device, rig.options())).rotated, true)
    assert.equal(generationOf(device), 2)
    assert.equal(await judged(nameOf(device), device.current), 'usable')
  })
})

describe('the device takes no key from', () => {
  async function attempt(forgery: () => Promise<Forgery> | Forgery): Promise<string> {
    const device = await terminal()
    const { current } = device
    const made = await forgery()
    const http: Pick<HttpClient, 'call'> = altering(rig.http, '/keys', async (body, call) => ({
      ...body,
      tokens: await forgedTokens(rig, device, call, made),
    }))
    const outcome = await rotate(device, rig.options({ http: cutAt(http, { 1: 'request' }) }))
    assert.deepEqual(device.current, current)
    if (!outcome.done && outcome.reason !== 'ase_unreachable') {
      assert.equal(device.staged, null)
      assert.equal(Object.keys(device.parts.whiteBox.save().keys).length, 2, 'keys left in the WhiteBox')
      assert.equal(reasonOf(await rotate(device, rig.options())), 'done')
    }
    return outcome.done
      ? 'done'
      : `${outcome.reason}${/: (PIN: )?([a-z-]+)$/.exec(outcome.detail)?.[0] ?? ''}`
  }

  test('nobody else, but from its host', async () =>
    assert.equal(await attempt(() => ({})), 'ase_unreachable: unreachable'))

  for (const [what, { reason, forgery }] of Object.entries(FORGERIES))
    test(what, async () => assert.equal(await attempt(() => forgery(rig)), `token_refused: PIN: ${reason}`))

  for (const [what, header] of Object.entries(DOWNGRADED_HEADERS))
    test(`a host whose header is downgraded: ${what}`, async () =>
      assert.equal(await attempt(() => ({ header })), 'key_header_wrong'))

  test('a host that sends AES keys to a terminal of TDES DUKPT', async () => {
    const device = await terminal()
    const http = altering(rig.http, '/keys', async (body, call) => ({
      ...body,
      tokens: await forgedTokens(rig, device, call, {}),
    }))
    const outcome = await rotate(device, rig.options({ http, dukpt: 'TDES' }))
    assert.equal(reasonOf(outcome), 'device: key_header_wrong')
    assert.equal(device.staged, null)
  })

  test('its own host, when the key is one that it has had before', async () => {
    const device = await terminal()
    const id = fromHex(device.current?.keys.PIN.id ?? '')
    const forgery = { header: initialKeyHeader('PIN', AES_DUKPT, id) }
    const http = altering(rig.http, '/keys', async (body, call) => ({
      ...body,
      tokens: await forgedTokens(rig, device, call, forgery),
    }))
    assert.equal(reasonOf(await rotate(device, rig.options({ http }))), 'device: keys_repeated')
    assert.equal(device.staged, null)
  })

  test('a host that gives the key for SRED as the one for PIN', async () =>
    assert.equal(await attempt(() => ({ purpose: 'SRED' })), 'key_header_wrong'))

  test('a token that was flipped anywhere', async () => {
    const device = await terminal()
    const { current } = device
    for (let round = 0; round < 40; round++) {
      const flip = (text: string) => {
        const token = Buffer.from(text, 'base64')
        const at = Math.floor(((round + 0.5) / 40) * token.length)
        token.writeUInt8(token.readUInt8(at) ^ (1 << (round % 8)), at)
        return token.toString('base64')
      }
      const http = altering(rig.http, '/keys', (body) => {
        const tokens = body.tokens as Record<KeyPurpose, string>
        return { ...body, tokens: { ...tokens, SRED: flip(tokens.SRED) } }
      })
      assert.equal(
        reasonOf(await rotate(device, rig.options({ http }))),
        'device: token_refused',
        `round ${round}`,
      )
    }
    assert.deepEqual([device.current, device.staged], [current, null])
  })

  const replays: readonly (readonly [what: string, reason: DeviceReason, passes: 1 | 2])[] = [
    ['a replayed answer', 'generation_old', 2],
    ['a replayed answer in one pass', 'generation_old', 1],
  ]
  for (const [what, reason, passes] of replays)
    test(what, async () => {
      const device = await terminal({ rotated: false })
      let kept: Record<string, unknown> = {}
      const keeping = altering(rig.http, '/keys', (body) => (kept = body))
      await rotate(device, rig.options({ http: keeping, passes }))
      const replaying = (changes: object) => altering(rig.http, '/keys', () => ({ ...kept, ...changes }))
      assert.equal(
        reasonOf(await rotate(device, rig.options({ http: replaying({}), passes }))),
        `device: ${reason}`,
      )
      const renumbered = await rotate(device, rig.options({ http: replaying({ generation: 7 }), passes }))
      assert.equal(reasonOf(renumbered), 'device: token_refused')
    })
})

describe('the merchant ASE refuses a request for keys', () => {
  const status = '/keys/status'
  test('signed by another key', async () =>
    assert.equal(
      await ask(await terminal(), status, {}, { key: DEVICE_KEYS.attestation }),
      '401 signature_wrong',
    ))
  test('whose body was changed', async () =>
    assert.equal(await ask(await terminal(), status, {}, { body: '{"a":1}' }), '401 signature_wrong'))
  test('of a terminal that nobody onboarded', async () =>
    assert.equal(
      await ask(await terminal(), status, {}, { keyId: 'terminal-999999' }),
      '403 terminal_unknown',
    ))
  test('in the name of another terminal', async () =>
    assert.equal(
      await ask(await terminal(), status, {}, { keyId: nameOf(await terminal()) }),
      '401 signature_wrong',
    ))
  test('that is too old, or of the future', async () => {
    const device = await terminal()
    assert.equal(
      await ask(device, status, {}, { created: rig.clock.now() - 61_000 }),
      '401 request_outside_window',
    )
    assert.equal(
      await ask(device, status, {}, { created: rig.clock.now() + 11_000 }),
      '401 request_outside_window',
    )
  })
  test('that was sent before', async () => {
    const device = await terminal()
    const same = { created: rig.clock.now(), nonce: 'the same nonce' }
    assert.equal(await ask(device, status, {}, same), '200 taken')
    assert.equal(await ask(device, status, {}, same), '401 request_replayed')
  })
  test('over a connection without a certificate', async () =>
    assert.equal(await ask(await terminal(), status, {}, { as: null }), '401 certificate_missing'))
  test("over another terminal's connection", async () => {
    const other = await terminal()
    assert.equal(
      await ask(await terminal(), status, {}, { as: other.tlsClient }),
      '403 certificate_not_terminals',
    )
  })
  test('whose certificate is of another authority', async () => {
    const device = await terminal()
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const root = await testRoot({ publicKey, privateKey }, { subject: { commonName: 'Another root' } })
    const certificate = await testHolder(root, publicKey)
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    const as: TlsClient = {
      secureContext: (ca = []) => createSecureContext({ key, cert: certificate.toString(), ca: [...ca] }),
    }
    assert.equal(await ask(device, status, {}, { as }), '403 certificate_refused')
  })
  test('without a signature', async () => {
    const call = {
      to: 'merchant-ase',
      method: 'POST',
      url: `${rig.url}${status}`,
      body: '{}',
      as: (await terminal()).tlsClient,
      timeoutMs: 10_000,
    } as const
    const { status: code, body } = await rig.http.call(call)
    assert.deepEqual([code, (body as { refused: string }).refused], [401, 'signature_wrong'])
  })
  test('with a random number that is none', async () => {
    const device = await terminal()
    assert.equal(await ask(device, '/keys', { randomToken: 'AAAA' }), '400 random_malformed')
    assert.equal(await ask(device, '/keys', {}), '400 request_malformed')
  })
  test('that confirms what was not sent', async () => {
    const device = await terminal()
    const checkValues = { PIN: '0000000000', SRED: '0000000000' }
    assert.equal(await ask(device, '/keys/confirm', { generation: 5, checkValues }), '409 generation_unknown')
    assert.equal(await ask(device, '/keys/confirm', { generation: 1, checkValues }), '409 check_value_wrong')
    await rotate(device, rig.options({ http: cutAt(rig.http, { 1: 'request' }) }))
    assert.equal(await ask(device, '/keys/confirm', { generation: 2, checkValues }), '409 check_value_wrong')
    assert.equal(generationOf(device), 1)
  })
})

describe('the end of a terminal', () => {
  for (const state of ['decommissioned', 'compromised'] as const)
    test(`${state}: certificates revoked, keys gone, later requests refused`, async () => {
      const device = await terminal()
      const { current } = device
      const terminalId = nameOf(device)
      await rig.office.retire(terminalId, state)
      assert.equal(await judged(terminalId, current), 'keys_erased')
      assert.equal(await ask(device, '/keys/status', {}), `403 terminal_${state}`)
      assert.equal(reasonOf(await rotate(device, rig.options())), `merchant-ase: terminal_${state}`)
      assert.deepEqual(
        [device.current, device.registration, device.parts.whiteBox.save().keys],
        [null, null, {}],
      )
      assert.equal(reasonOf(await rotate(device, rig.options())), 'device: not_onboarded')
      await assert.rejects(rig.office.retire(terminalId, state), /onboarded terminal in service/)
      const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
      assert.deepEqual([line?.state, line?.generation], [state, null])
    })

  test('a device that was decommissioned can be onboarded again, as another terminal', async () => {
    const device = await terminal()
    const former = nameOf(device)
    await rig.office.retire(former, 'decommissioned')
    await rotate(device, rig.options())
    const activationCode = await rig.office.issueCode('shop', DAY)
    assert.equal(
      reasonOf(await onboard(device, { activationCode, signingKind: 'P-256' }, rig.options())),
      'done',
    )
    assert.equal(reasonOf(await rotate(device, rig.options())), 'done')
    assert.notEqual(nameOf(device), former)
  })

  test('a certificate that has expired', async () => {
    const device = await terminal()
    rig.clock.advance(3 * 365 * DAY + 1)
    assert.equal(await ask(device, '/keys/status', {}), '403 certificate_refused')
  })
})
