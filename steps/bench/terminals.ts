import { X509Certificate } from 'node:crypto'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { DukptName } from '../../protocols/dukpt/schemes.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { machineRandom as random } from '../../simulators/common/machine-random.ts'
import { once } from '../../simulators/common/once.ts'
import type { Device, DeviceSecrets } from '../../simulators/pos/device/device.ts'
import { manufacture } from '../../simulators/pos/device/manufacture.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { type RotationOptions, rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { TrustApi } from '../../simulators/pos/onboarding/trust-api.ts'
import type { Secret } from '../report/secrets.ts'
import { CERTIFICATE_VALIDITY, manufacturerOf } from './certificates.ts'
import type { BenchOffice } from './office.ts'
import { ofText } from './secrets.ts'
import type { Services } from './services.ts'
import { uniqueName } from './unique-name.ts'

const TIMEOUT_MS = 20_000

export interface BenchTerminalsParts {
  services: Services
  office: BenchOffice
  clock: Clock
  journal: Journal
  /** What no output may show. */
  secrets: Secret[]
}

/** Devices of a bench, from the factory to their keys: whoever stands before the bench has them in hand. */
export class BenchTerminals {
  /** Trusts the merchant ASE's TLS root alone. */
  readonly http: HttpClient
  readonly #parts: BenchTerminalsParts
  readonly #secrets = new WeakMap<Device, DeviceSecrets>()
  readonly #root: () => Promise<X509Certificate>

  constructor(parts: BenchTerminalsParts) {
    this.#parts = parts
    const { clock, journal, services } = parts
    this.#root = once(() => this.#openTrust())
    this.http = new HttpClient({ from: 'pos', clock, journal, trustedRoots: [services.plan.tls.root] })
  }

  /** A device that nobody knows yet, with keys of its own. */
  async make({ serial = uniqueName('TB1'), model = 'TB-1' } = {}): Promise<Device> {
    const { services, secrets } = this.#parts
    const { factory } = services.plan
    const own = { tmk: random(32), storageKey: random(32) }
    secrets.push({ name: 'master key of a terminal', bytes: own.tmk })
    secrets.push({ name: 'storage key of a terminal', bytes: own.storageKey })
    const device = await manufacture({
      serial,
      model,
      secrets: own,
      manufacturer: manufacturerOf(factory),
      root: await this.#root(),
      ...CERTIFICATE_VALIDITY,
      random,
    })
    this.#secrets.set(device, own)
    return device
  }

  /** What only hardware knows of a device that was made here: with its file, whoever has it has the device. */
  secretsOf(device: Device): DeviceSecrets {
    const own = this.#secrets.get(device)
    if (own === undefined) throw new Error('expected a device that was made on this bench')
    return own
  }

  /** Allows a device and gives a merchant's activation code for it. */
  admit(device: Device, merchantId: string): Promise<string> {
    return this.#parts.office.admit(device, merchantId)
  }

  /** A device that is a merchant's terminal and has keys. Throws when a ceremony ends otherwise. */
  async onboarded(merchantId: string, dukpt?: DukptName): Promise<Device> {
    const device = await this.make()
    const activationCode = await this.admit(device, merchantId)
    expectDone(await onboard(device, { activationCode, signingKind: 'Ed25519' }, this.options()))
    expectDone(await rotate(device, this.options({ dukpt })))
    return device
  }

  /** What a device's ceremonies need. `http`: in place of the bench's own. */
  options(
    changes: Partial<Pick<RotationOptions, 'keep' | 'passes' | 'dukpt'>> & {
      http?: Pick<HttpClient, 'call'>
    } = {},
  ): RotationOptions {
    const { http = this.http, keep = async () => {}, passes = 2, dukpt } = changes
    const { clock, journal, services } = this.#parts
    const api = new TrustApi({ url: services.plan.terminalsUrl, http, clock, random, timeoutMs: TIMEOUT_MS })
    return { api, clock, random, journal, passes, dukpt, keep }
  }

  close(): Promise<void> {
    return this.http.close()
  }

  /** What the devices will trust; with the HSM behind it, whose PIN must not be seen. */
  async #openTrust(): Promise<X509Certificate> {
    const { services, secrets } = this.#parts
    const root = new X509Certificate(await services.merchant.trustRoot())
    for (const pin of await services.merchant.tokenPins())
      secrets.push(ofText("PIN of the merchant ASE's token", pin))
    return root
  }
}

/** Throws when a ceremony ended otherwise. */
export function expectDone(outcome: CeremonyOutcome): void {
  if (!outcome.done) throw new Error(`expected a terminal to be onboarded, got: ${outcome.detail}`)
}

/** The terminal's name at the merchant ASE. Throws when the device is no terminal. */
export function nameOf({ registration }: Device): string {
  if (registration === null) throw new Error('expected an onboarded terminal, it was taken out of service')
  return registration.terminalId
}
