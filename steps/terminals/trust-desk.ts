import { generateKeyPairSync } from 'node:crypto'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { KEY_PURPOSES } from '../../protocols/onboarding/key-purposes.ts'
import { KEY_REASONS, TRUST_REASONS, type TrustReason } from '../../protocols/onboarding/reasons.ts'
import { signerOf } from '../../protocols/x509/testing/authority.ts'
import type { HttpClient } from '../../simulators/common/http-client.ts'
import { testKeys } from '../../simulators/common/testing/test-keys.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import type { KeySet } from '../../simulators/pos/device/key-set.ts'
import { configure } from '../../simulators/pos/onboarding/configure.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { type RotationOptions, rotate, rotateIfDue } from '../../simulators/pos/onboarding/rotate.ts'
import { endingOf } from './ending.ts'
import { altering } from './testing/faulty-http.ts'
import { type Forgery, forgedTokens } from './testing/forged-tokens.ts'
import { type OnboardingLie, onboardingBody } from './testing/onboarding-body.ts'
import { TrustRig } from './testing/rig.ts'

const stranger = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey

/** What a device may lie about, in the words of scenarios. */
export const LIES: Readonly<Record<string, () => OnboardingLie>> = {
  'its serial number': () => ({ serial: 'A-9999' }),
  'its model': () => ({ model: 'TB-2' }),
  'the serial number in a certificate request': () => ({ subjectSerial: 'A-9999' }),
  'having its signing key': () => ({ requestSigner: signerOf(stranger()) }),
  'its manufacturer': () => ({ attestation: Uint8Array.of(1) }),
  'its attestation key': () => ({ attestationSigner: signerOf(stranger()) }),
}

/** Keys that a device may come with. */
export const ODD_KEYS: Readonly<Record<string, () => OnboardingLie>> = {
  'a key-receiving key of RSA with 1024 bits': () => ({
    receivingKey: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey,
  }),
  'a key-receiving key of P-256': () => ({ receivingKey: stranger() }),
  'a signing key of RSA': () => ({ signingKey: testKeys('device-1').privateKey }),
}

let running: Promise<TrustRig> | null = null

/** One merchant ASE for all scenarios; each has its own devices. */
export function sharedTrustRig(): Promise<TrustRig> {
  running ??= TrustRig.start()
  return running
}

export async function closeTrustRig(): Promise<void> {
  await (await running)?.close()
  running = null
}

/** A scenario's hands on a device and on the merchant ASE that is to trust it. */
export class TrustDesk {
  readonly rig: TrustRig
  #device: Device | null = null
  #former: KeySet | null = null
  #terminalId = ''
  /** The scenario's merchant; that of the rig unless it has its own. */
  merchantId = 'shop'
  /** How the last ceremony ended, in words: `done`, or the text of its reason. */
  ended = ''
  /** The whole of it: the reason, and what was wrong. */
  detail = ''

  private constructor(rig: TrustRig) {
    this.rig = rig
  }

  static async open(journal: Journal): Promise<TrustDesk> {
    const rig = await sharedTrustRig()
    rig.journal.to(journal)
    return new TrustDesk(rig)
  }

  get device(): Device {
    if (this.#device === null) throw new Error('expected a device, there is none: begin with one')
    return this.#device
  }

  set device(device: Device) {
    this.#device = device
  }

  /** The terminal's name, also after it was taken out of service. */
  get terminalId(): string {
    return this.#terminalId
  }

  /** Allows the device, and gives the merchant's activation code for it. */
  admit(): Promise<string> {
    return this.rig.admit(this.device, this.merchantId)
  }

  /** Fetches the configuration, from another merchant ASE when told so. */
  async configure(http: Pick<HttpClient, 'call'> = this.rig.http): Promise<void> {
    this.#note(await configure(this.device, this.rig.options({ http })))
  }

  /** Speaks of this terminal again, after another one. */
  resume(terminalId: string): void {
    this.#terminalId = terminalId
  }

  async onboard(
    activationCode: string,
    signingKind: 'Ed25519' | 'P-256' = 'Ed25519',
    http: Pick<HttpClient, 'call'> = this.rig.http,
  ): Promise<void> {
    this.#note(await onboard(this.device, { activationCode, signingKind }, this.rig.options({ http })))
    const { registration } = this.device
    if (registration !== null) this.#terminalId = registration.terminalId
  }

  /** Onboards as a device would that lies. */
  async pretend(lie: OnboardingLie): Promise<void> {
    const body = await onboardingBody(this.device, await this.rig.admit(this.device), lie)
    const call = {
      to: 'merchant-ase',
      method: 'POST',
      url: `${this.rig.url}/onboarding`,
      timeoutMs: 10_000,
    } as const
    const answer = await this.rig.http.call({ ...call, body: JSON.parse(body) })
    const { refused } = answer.body as { refused?: TrustReason }
    this.ended = refused === undefined ? 'done' : TRUST_REASONS[refused].text
  }

  async rotate(
    http: Pick<HttpClient, 'call'> = this.rig.http,
    changes: Partial<Pick<RotationOptions, 'keep' | 'dukpt'>> = {},
  ): Promise<void> {
    this.#former = this.device.current
    this.#note(await rotate(this.device, this.rig.options({ http, ...changes })))
  }

  /** Rotates against a host whose token for the PIN key is forged. */
  async rotateWith(forgery: Forgery): Promise<void> {
    const { rig, device } = this
    const http = altering(rig.http, '/keys', async (body, call) => ({
      ...body,
      tokens: await forgedTokens(rig, device, call, forgery),
    }))
    await this.rotate(http)
  }

  /** Whether a rotation was due, and done. */
  async rotateIfDue(): Promise<boolean> {
    this.#former = this.device.current
    const { outcome, rotated } = await rotateIfDue(this.device, this.rig.options())
    this.#note(outcome)
    return rotated
  }

  /** What the merchant ASE says of keys: `usable`, or the text of the reason. */
  async judge(which: 'current' | 'former'): Promise<string> {
    const set = which === 'current' ? this.device.current : this.#former
    const words = await Promise.all(
      KEY_PURPOSES.map(async (purpose) => {
        const id = fromHex(set?.keys[purpose].id ?? '0000000000000000')
        const verdict = await this.rig.office.judgeKey(this.#terminalId, purpose, { id })
        return verdict.usable ? 'usable' : KEY_REASONS[verdict.reason]
      }),
    )
    return [...new Set(words)].join(' and ')
  }

  #note(outcome: CeremonyOutcome): void {
    this.ended = endingOf(outcome)
    this.detail = outcome.done ? '' : outcome.detail
  }
}
