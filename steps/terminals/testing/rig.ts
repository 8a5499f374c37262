import { freePorts } from '../../../hardware/net/free-ports.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { SwitchJournal } from '../../../protocols/journal/switch-journal.ts'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import { openDatabase } from '../../../simulators/common/database.ts'
import { HttpClient } from '../../../simulators/common/http-client.ts'
import type { Service } from '../../../simulators/common/service.ts'
import { testDatabase } from '../../../simulators/common/testing/test-database.ts'
import type { Random } from '../../../simulators/common/uuid.ts'
import { migrations } from '../../../simulators/merchant-ase/database/migrations.ts'
import type { Database, Tables } from '../../../simulators/merchant-ase/database/tables.ts'
import { MerchantOffice } from '../../../simulators/merchant-ase/merchants/merchant-office.ts'
import { officeService } from '../../../simulators/merchant-ase/merchants/office-service.ts'
import { Registry } from '../../../simulators/merchant-ase/registry.ts'
import type { TerminalOffice } from '../../../simulators/merchant-ase/terminals/terminal-office.ts'
import { DEFAULT_PERIODS } from '../../../simulators/merchant-ase/terminals/trust-config.ts'
import type { TrustKeys } from '../../../simulators/merchant-ase/terminals/trust-keys.ts'
import { type TrustService, trustService } from '../../../simulators/merchant-ase/terminals/trust-service.ts'
import {
  type SoftwareTrustKeys,
  softwareTrustKeys,
} from '../../../simulators/merchant-ase/testing/software-trust-keys.ts'
import type { Device } from '../../../simulators/pos/device/device.ts'
import type { RotationOptions } from '../../../simulators/pos/onboarding/rotate.ts'
import { TrustApi } from '../../../simulators/pos/onboarding/trust-api.ts'
import { seeded, testDevice, testManufacturer } from '../../../simulators/pos/testing/factory.ts'
import { benchTls } from '../../bench/certificates.ts'
import { startTestPayments, type TestPayments } from './payments.ts'

export const DAY = 24 * 60 * 60 * 1000
/** What the merchant ASE's own people show at its office. */
export const OFFICE_SECRET = 'secret of the office of tests'
const START = Date.UTC(2026, 5, 1, 12)

type RigParts<Keys extends TrustKeys> = Pick<
  TrustRig<Keys>,
  'clock' | 'journal' | 'random' | 'keys' | 'manufacturer' | 'db' | 'office' | 'merchants' | 'payments'
> & {
  trust: TrustService
  people: Service
  tlsRoot: string
}

/** A merchant ASE's API for terminals over TLS, and whatever devices a test makes. */
export class TrustRig<Keys extends TrustKeys = SoftwareTrustKeys> {
  readonly clock: ManualClock
  readonly journal: SwitchJournal
  readonly random: Random
  readonly keys: Keys
  readonly manufacturer: Issuer
  readonly db: Database
  readonly office: TerminalOffice
  readonly merchants: MerchantOffice
  readonly officeUrl: string
  readonly payments: TestPayments
  readonly url: string
  readonly http: HttpClient
  readonly #services: readonly Service[]
  #serials = 0

  private constructor(parts: RigParts<Keys>) {
    this.clock = parts.clock
    this.journal = parts.journal
    this.random = parts.random
    this.keys = parts.keys
    this.manufacturer = parts.manufacturer
    this.db = parts.db
    this.office = parts.office
    this.merchants = parts.merchants
    this.payments = parts.payments
    this.url = parts.trust.url
    this.officeUrl = parts.people.url
    this.#services = [parts.trust.service, parts.people]
    const { clock, journal } = this
    this.http = new HttpClient({ from: 'pos', clock, journal, trustedRoots: [parts.tlsRoot] })
  }

  /** With keys in software, which is fast. */
  static start(recorded: Journal = new MemoryJournal(() => 0)): Promise<TrustRig> {
    return TrustRig.over(() => softwareTrustKeys(seeded('ase')), recorded)
  }

  /** With the keys that the caller makes with this clock and journal, such as those of an HSM. */
  static async over<Keys extends TrustKeys>(
    keysOf: (clock: Clock, journal: Journal) => Promise<Keys>,
    recorded: Journal,
  ): Promise<TrustRig<Keys>> {
    const [port = 0, officePort = 0] = await freePorts(2)
    const clock = new ManualClock(START)
    const journal = new SwitchJournal()
    journal.to(recorded)
    const random = seeded('rig')
    const keys = await keysOf(clock, journal)
    const manufacturer = await testManufacturer()
    const db = await openDatabase<Tables>(testDatabase('merchant_ase'), migrations)
    const { root: tlsRoot, ...tls } = await benchTls(['127.0.0.1'])
    const trust = trustService({
      db,
      keys: async () => keys,
      manufacturers: [[manufacturer.certificate]],
      windows: { request: 60_000, requestFuture: 10_000 },
      periods: DEFAULT_PERIODS,
      clock,
      random: seeded('serials'),
      journal,
      host: '127.0.0.1',
      port,
      tls,
    })
    const office = await trust.office()
    const merchants = new MerchantOffice({ db, journal, terminals: async () => office })
    const people = officeService({
      host: '127.0.0.1',
      port: officePort,
      secret: OFFICE_SECRET,
      merchants,
      terminals: async () => office,
      journal,
    })
    const payments = await startTestPayments({ db, issuers: keys.authority, clock, journal, random })
    await new Registry(db).registerMerchant({ id: 'shop', name: 'Shop', wallets: [] })
    const base = { clock, journal, random, keys, manufacturer, db, trust, office, tlsRoot }
    const rig = new TrustRig({ ...base, merchants, people, payments })
    for (const service of rig.#services) await service.start()
    return rig
  }

  /** A device that nobody knows yet. */
  newDevice(changes: { model?: string; keys?: 'device-1' | 'device-2' } = {}): Promise<Device> {
    this.#serials++
    const serial = `A-${String(this.#serials).padStart(4, '0')}`
    const [authority, ...issuers] = this.keys.authority
    return testDevice(serial, this.manufacturer, issuers.at(-1) ?? authority, changes)
  }

  /** Allows a device and gives an activation code for it. */
  async admit({ parts }: Device, merchantId = 'shop'): Promise<string> {
    await this.office.allowDevice(parts.serial, parts.model)
    return this.office.issueCode(merchantId, DAY)
  }

  /** What a device's ceremonies need. `http`: in place of the rig's own. */
  options(
    changes: Partial<Pick<RotationOptions, 'keep' | 'passes' | 'dukpt'>> & {
      http?: Pick<HttpClient, 'call'>
    } = {},
  ): RotationOptions {
    const { http = this.http, passes = 2, keep = async () => {}, dukpt } = changes
    const { clock, random, journal, url } = this
    const api = new TrustApi({ url, http, clock, random, timeoutMs: 10_000 })
    return { api, clock, random, journal, passes, dukpt, keep }
  }

  async close(): Promise<void> {
    for (const service of this.#services) await service.stop()
    await this.payments.close()
    await this.http.close()
    await this.db.destroy()
  }
}
