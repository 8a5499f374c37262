import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { openDatabase } from '../../../simulators/common/database.ts'
import { HttpClient } from '../../../simulators/common/http-client.ts'
import { machineRandom as random } from '../../../simulators/common/machine-random.ts'
import { migrations } from '../../../simulators/merchant-ase/database/migrations.ts'
import type { Tables } from '../../../simulators/merchant-ase/database/tables.ts'
import { Registry } from '../../../simulators/merchant-ase/registry.ts'
import {
  listTerminals,
  type TerminalLine,
  type TerminalOffice,
} from '../../../simulators/merchant-ase/terminals/terminal-office.ts'
import type { Device, DeviceSecrets } from '../../../simulators/pos/device/device.ts'
import { manufacture } from '../../../simulators/pos/device/manufacture.ts'
import type { RotationOptions } from '../../../simulators/pos/onboarding/rotate.ts'
import { TrustApi } from '../../../simulators/pos/onboarding/trust-api.ts'
import { benchFactory, CERTIFICATE_VALIDITY, manufacturerOf } from '../../bench/certificates.ts'
import { closing } from '../../bench/closer.ts'
import { startLoopbackTrust } from '../loopback-trust.ts'
import { KeptDevices } from './devices.ts'
import { keptKeys } from './kept-keys.ts'
import type { KeptTrustOptions } from './kept-options.ts'
import { lockFolder } from './lock.ts'
import { registryOf } from './place.ts'

/** A merchant ASE's trust in terminals, and the devices, that outlive a command. */
export interface KeptTrust {
  /** Opens the authority's keys. */
  office(): Promise<TerminalOffice>
  terminals(): Promise<TerminalLine[]>
  registry: Registry
  devices: KeptDevices
  /** A new device of the factory; kept by nobody yet. */
  make(serial: string, model: string): Promise<{ device: Device; secrets: DeviceSecrets }>
  /** What ceremonies need. */
  options(keep: RotationOptions['keep']): RotationOptions
}

const TIMEOUT_MS = 20_000
const SECRET_BYTES = 32

/** Opens the estate and starts the API for its terminals on a free port of loopback. Throws what is lacking. */
export async function openKeptTrust(options: KeptTrustOptions): Promise<KeptTrust> {
  const { folder, databaseUrl, journal, closers } = options
  await closing(closers, lockFolder(folder))
  const db = await openDatabase<Tables>(registryOf({ folder, databaseUrl }), migrations)
  closers.push(() => db.destroy())
  const factory = await keptFactory(folder)
  const { trust, tlsRoot } = await startLoopbackTrust({
    db,
    keys: () => keptKeys(options),
    factory: factory.certificate,
    journal,
    closers,
  })
  const http = new HttpClient({ from: 'pos', clock: systemClock, journal, trustedRoots: [tlsRoot] })
  closers.push(() => http.close())
  const api = new TrustApi({ url: trust.url, http, clock: systemClock, random, timeoutMs: TIMEOUT_MS })
  return {
    office: trust.office,
    terminals: () => listTerminals(db),
    registry: new Registry(db),
    devices: new KeptDevices(folder, random),
    make: async (serial, model) => {
      const secrets = { tmk: random(SECRET_BYTES), storageKey: random(SECRET_BYTES) }
      const root = new X509Certificate(await trust.root())
      const device = await manufacture({
        serial,
        model,
        secrets,
        manufacturer: factory,
        root,
        ...CERTIFICATE_VALIDITY,
        random,
      })
      return { device, secrets }
    },
    options: (keep) => ({ api, clock: systemClock, random, journal, passes: 2, keep }),
  }
}

/** The factory of the folder, made at the first use. */
async function keptFactory(folder: string) {
  const file = join(folder, 'factory.json')
  const text = await readFile(file, 'utf8').catch(async () => {
    const made = JSON.stringify(await benchFactory())
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFile(file, made, { mode: 0o600, flag: 'wx' })
    return made
  })
  return manufacturerOf(JSON.parse(text))
}
