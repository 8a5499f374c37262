import { generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { Journal, JournalEvent } from '../../protocols/journal/journal.ts'
import { openDatabase } from '../../simulators/common/database.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { machineRandom as random } from '../../simulators/common/machine-random.ts'
import { migrations } from '../../simulators/merchant-ase/database/migrations.ts'
import type { Database, Tables } from '../../simulators/merchant-ase/database/tables.ts'
import { Registry } from '../../simulators/merchant-ase/registry.ts'
import { hsmTrustKeys } from '../../simulators/merchant-ase/terminals/hsm-trust-keys.ts'
import { makeTrust } from '../../simulators/merchant-ase/terminals/trust-ceremony.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import { makeKey } from '../../simulators/pos/device/key-store.ts'
import { manufacture } from '../../simulators/pos/device/manufacture.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { type RotationOptions, rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { TrustApi } from '../../simulators/pos/onboarding/trust-api.ts'
import { benchFactory, CERTIFICATE_VALIDITY, manufacturerOf } from '../../steps/bench/certificates.ts'
import { type Closer, closing, withClosers } from '../../steps/bench/closer.ts'
import { startLoopbackTrust } from '../../steps/terminals/loopback-trust.ts'
import { startPrivatePostgres } from '../lib/private-postgres.ts'
import { atMost, type Figure, figure, type MeasureOptions } from './measure.ts'

const MANY = 1_000
const MOST = 10_000
const MERCHANT = 'shop'
const DAY = 24 * 60 * 60 * 1000

/**
 * Terminals that are onboarded, get their keys and rotate them once, one after the other, with an HSM: on the embedded database, then on
 * PostgreSQL. Each device has RSA keys of its own, made by libuv's threads while the one before is onboarded; making them is not
 * in the figures.
 */
export async function measureTerminals({ full }: MeasureOptions): Promise<Figure[]> {
  const count = full ? MOST : MANY
  const embedded = await withClosers((closers) => measured('embedded', undefined, count, closers))
  const postgres = await withClosers(async (closers) => {
    const { url } = await closing(closers, startPrivatePostgres())
    return measured('PostgreSQL', url, count, closers)
  })
  return [...embedded, ...postgres]
}

async function measured(
  name: string,
  url: string | undefined,
  count: number,
  closers: Closer[],
): Promise<Figure[]> {
  const spent = new HsmTime()
  const estate = await openEstate(url, spent, closers)
  const durations: number[] = []
  let next = rsaPair()
  for (let number = 1; number <= count; number++) {
    const receiving = await next
    next = rsaPair()
    durations.push(await timed(() => estate.live(number, receiving)))
  }
  await next
  const total = sum(durations)
  const tenth = Math.floor(count / 10)
  const ratio = sum(durations.slice(-tenth)) / sum(durations.slice(0, tenth))
  const what = `terminals, ${name}`
  return [
    figure(`${what}: onboarded and rotated`, count, 'terminals'),
    figure(`${what}: one terminal`, total / count, 'ms'),
    figure(`${what}: share of the HSM`, (100 * spent.ms) / total, '%'),
    figure(`${what}: share of exports under the host's RSA key`, (100 * spent.rsaMs) / total, '%'),
    atMost(`${what}: last tenth to the first`, ratio, '', 1.2),
  ]
}

/** What HSM operations take, from the journal; nothing is kept. */
class HsmTime implements Journal {
  ms = 0
  /** Of the operations under the distribution host's RSA key. */
  rsaMs = 0

  record(event: JournalEvent): void {
    if (event.kind !== 'hsm') return
    this.ms += event.us / 1000
    if (event.operation === 'ExportInitialKey') this.rsaMs += event.us / 1000
  }
}

interface Estate {
  /** A device is made, onboarded, gets its keys and rotates them. Throws when a ceremony ends otherwise. */
  live(number: number, receiving: KeyObject): Promise<void>
}

async function openEstate(url: string | undefined, journal: Journal, closers: Closer[]): Promise<Estate> {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-terminals-'))
  closers.push(() => rm(directory, { recursive: true, force: true }))
  const token = await closing(closers, createPrivateToken({ directory }))
  const hsm = await closing(closers, openHsm({ token, signers: 1, clearAllowed: true, journal }))
  const trust = hsmTrustKeys(hsm, await makeTrust(hsm, { clock: systemClock, random }))
  const db = await openDatabase<Tables>({ url, schema: 'terminals' }, migrations)
  closers.push(() => db.destroy())
  await registerShop(db)
  const factory = manufacturerOf(await benchFactory())
  const { trust: service, tlsRoot } = await startLoopbackTrust({
    db,
    keys: async () => trust,
    factory: factory.certificate,
    journal,
    closers,
  })
  const office = await service.office()
  const root = new X509Certificate(await service.root())
  return {
    live: async (number, receiving) => {
      // A client of its own, as each terminal is one: the connections of a thousand would be the figure.
      const http = new HttpClient({ from: 'pos', clock: systemClock, journal, trustedRoots: [tlsRoot] })
      const device = await manufacture({
        serial: `TB1-${number}`,
        model: 'TB-1',
        secrets: { tmk: random(32), storageKey: random(32) },
        manufacturer: factory,
        root,
        ...CERTIFICATE_VALIDITY,
        random,
        makeKey: (kind) => (kind === 'RSA' ? receiving : makeKey(kind)),
      })
      await office.allowDevice(device.parts.serial, device.parts.model)
      const activationCode = await office.issueCode(MERCHANT, DAY)
      await ceremonies(device, activationCode, {
        api: new TrustApi({ url: service.url, http, clock: systemClock, random, timeoutMs: 20_000 }),
        clock: systemClock,
        random,
        journal,
        passes: 2,
        keep: async () => {},
      })
      await http.close()
    },
  }
}

async function ceremonies(device: Device, activationCode: string, options: RotationOptions): Promise<void> {
  expectDone(await onboard(device, { activationCode, signingKind: 'Ed25519' }, options))
  expectDone(await rotate(device, options))
  expectDone(await rotate(device, options))
}

function expectDone(outcome: CeremonyOutcome): void {
  if (!outcome.done) throw new Error(`expected every measured ceremony to be done, got: ${outcome.detail}`)
}

async function registerShop(db: Database): Promise<void> {
  await new Registry(db).registerMerchant({ id: MERCHANT, name: MERCHANT, wallets: [] })
}

async function timed(work: () => Promise<void>): Promise<number> {
  const started = performance.now()
  await work()
  return performance.now() - started
}

async function rsaPair(): Promise<KeyObject> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })
  return privateKey
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
