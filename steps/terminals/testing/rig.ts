import { generateKeyPairSync } from 'node:crypto'
import { freePorts } from '../../../hardware/net/free-ports.ts'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { SwitchJournal } from '../../../protocols/journal/switch-journal.ts'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import { spkiOf } from '../../../protocols/x509/public-key.ts'
import { testHolder, testRoot } from '../../../protocols/x509/testing/authority.ts'
import { openDatabase } from '../../../simulators/common/database.ts'
import { HttpClient } from '../../../simulators/common/http-client.ts'
import { migrations } from '../../../simulators/merchant-ase/database/migrations.ts'
import type { Database, Tables } from '../../../simulators/merchant-ase/database/tables.ts'
import { Registry } from '../../../simulators/merchant-ase/registry.ts'
import type { TerminalOffice } from '../../../simulators/merchant-ase/terminals/terminal-office.ts'
import {
  DEFAULT_PERIODS,
  type TrustContext,
} from '../../../simulators/merchant-ase/terminals/trust-config.ts'
import { trustService } from '../../../simulators/merchant-ase/terminals/trust-service.ts'
import {
  type SoftwareTrustKeys,
  softwareTrustKeys,
} from '../../../simulators/merchant-ase/testing/software-trust-keys.ts'
import type { TlsIdentity } from '../../../simulators/merchant-ase/text-server.ts'
import type { Device } from '../../../simulators/pos/device/device.ts'
import type { RotationOptions } from '../../../simulators/pos/onboarding/rotate.ts'
import { TrustApi } from '../../../simulators/pos/onboarding/trust-api.ts'
import { seeded, testDevice, testManufacturer } from '../../../simulators/pos/testing/factory.ts'

export const DAY = 24 * 60 * 60 * 1000
const START = Date.UTC(2026, 5, 1, 12)

/** A merchant ASE's API for terminals over TLS, and whatever devices a test makes. */
export class TrustRig {
  readonly clock = new ManualClock(START)
  readonly journal = new SwitchJournal()
  readonly random = seeded('rig')
  readonly keys: SoftwareTrustKeys
  readonly manufacturer: Issuer
  readonly db: Database
  readonly office: TerminalOffice
  readonly url: string
  readonly http: HttpClient
  readonly #stop: () => Promise<void>
  #serials = 0

  private constructor(parts: {
    keys: SoftwareTrustKeys
    manufacturer: Issuer
    db: Database
    context: (rig: TrustRig) => TrustContext
    port: number
    tls: TlsIdentity
    tlsRoot: string
  }) {
    this.keys = parts.keys
    this.manufacturer = parts.manufacturer
    this.db = parts.db
    const { service, url, office } = trustService({
      ...parts.context(this),
      host: '127.0.0.1',
      port: parts.port,
      tls: parts.tls,
    })
    this.office = office
    this.url = url
    this.http = new HttpClient({
      from: 'pos',
      clock: this.clock,
      journal: this.journal,
      trustedRoots: [parts.tlsRoot],
    })
    this.#start = () => service.start()
    this.#stop = () => service.stop()
  }

  readonly #start: () => Promise<void>

  static async start(journal: Journal = new MemoryJournal(() => 0)): Promise<TrustRig> {
    const [port = 0] = await freePorts(1)
    const keys = await softwareTrustKeys(seeded('ase'))
    const manufacturer = await testManufacturer()
    const url = process.env.TEST_DATABASE_URL
    const db = await openDatabase<Tables>({ url, schema: `trust_test_${process.pid}` }, migrations)
    const { root, identity } = await tlsOf()
    const context = (rig: TrustRig): TrustContext => ({
      db,
      keys,
      manufacturers: [[manufacturer.certificate]],
      windows: { request: 60_000, requestFuture: 10_000 },
      periods: DEFAULT_PERIODS,
      clock: rig.clock,
      random: seeded('serials'),
      journal: rig.journal,
    })
    const rig = new TrustRig({ keys, manufacturer, db, context, port, tls: identity, tlsRoot: root })
    rig.journal.to(journal)
    await new Registry(db).registerMerchant({ id: 'shop', name: 'Shop', wallets: [] })
    await rig.#start()
    return rig
  }

  /** A device that nobody knows yet. */
  newDevice(changes: { model?: string; keys?: 'device-1' | 'device-2' } = {}): Promise<Device> {
    this.#serials++
    const serial = `A-${String(this.#serials).padStart(4, '0')}`
    return testDevice(serial, this.manufacturer, this.keys.root.certificate, changes)
  }

  /** Allows a device and gives an activation code for it. */
  async admit({ parts }: Device): Promise<string> {
    await this.office.allowDevice(parts.serial, parts.model)
    return this.office.issueCode('shop', DAY)
  }

  /** What a device's ceremonies need. `http`: in place of the rig's own. */
  options(
    changes: { http?: Pick<HttpClient, 'call'>; passes?: 1 | 2; keep?: RotationOptions['keep'] } = {},
  ): RotationOptions {
    const { http = this.http, passes = 2, keep = async () => {} } = changes
    const { clock, random, journal, url } = this
    const api = new TrustApi({ url, http, clock, random, timeoutMs: 10_000 })
    return { api, clock, random, journal, passes, keep }
  }

  async close(): Promise<void> {
    await this.#stop()
    await this.http.close()
    await this.db.destroy()
  }
}

/** TLS has a root of its own; its validity is judged by the machine's clock. */
async function tlsOf(): Promise<{ root: string; identity: TlsIdentity }> {
  const validity = { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-01-01') }
  const rootKeys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const root = await testRoot(rootKeys, { ...validity, subject: { commonName: 'Test TLS root' } })
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const server = await testHolder(root, publicKey, {
    ...validity,
    subject: { commonName: 'Merchant ASE' },
    purposes: ['serverAuth'],
    hosts: ['127.0.0.1'],
    serial: spkiOf(publicKey).slice(-15).with(0, 1),
  })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  return { root: root.certificate.toString(), identity: { cert: server.toString(), key } }
}
