import { because } from '../../protocols/outcome/outcome.ts'
import { uuid } from '../common/uuid.ts'
import type { Device } from './device/device.ts'
import { TransactionKeys } from './device/transaction-keys.ts'
import { profileInForce } from './onboarding/configure.ts'
import { emptyResult, type TapResult } from './tap-result.ts'
import { type PointOfSale, type TapRequest, Terminal, type TerminalOptions } from './terminal.ts'

/** What an onboarded device does not bring itself. */
export type ConfiguredOptions = Omit<TerminalOptions, 'profile' | 'key' | 'as' | 'keys'>

type InForce =
  | { ready: true; terminal: Terminal }
  | Extract<ReturnType<typeof profileInForce>, { ready: false }>

/** The point of sale that an onboarded device is: each tap goes by the configuration that is in force then, and without one there is none. */
export class ConfiguredTerminal implements PointOfSale {
  readonly #device: Device
  readonly #options: ConfiguredOptions
  readonly #keys: TransactionKeys
  #made: { version: number; terminal: Terminal } | null = null

  constructor(device: Device, options: ConfiguredOptions) {
    this.#device = device
    this.#options = options
    this.#keys = new TransactionKeys(device)
  }

  /** As {@link Terminal.tap}. */
  async tap(request: TapRequest): Promise<TapResult> {
    const force = this.#inForce()
    if (force.ready) return force.terminal.tap(request)
    const outcome = because(force.reason)
    const result = emptyResult(outcome, uuid(this.#options.random))
    this.#options.journal.record({
      kind: 'terminal',
      step: 'Completion',
      detail: `${outcome.reason}`,
      correlation: result.correlation,
    })
    return result
  }

  /** As {@link Terminal.repeat}. */
  async repeat(request: Parameters<Terminal['repeat']>[0]): ReturnType<Terminal['repeat']> {
    const force = this.#inForce()
    return force.ready ? force.terminal.repeat(request) : because(force.reason)
  }

  /** As {@link Terminal.status}. */
  async status(requestId: string): ReturnType<Terminal['status']> {
    return this.#now()?.status(requestId) ?? null
  }

  /** As {@link Terminal.reverse}. */
  async reverse(requestId: string): ReturnType<Terminal['reverse']> {
    return this.#now()?.reverse(requestId) ?? null
  }

  /** As {@link Terminal.refund}. */
  async refund(...order: Parameters<Terminal['refund']>): ReturnType<Terminal['refund']> {
    const force = this.#inForce()
    return force.ready ? force.terminal.refund(...order) : because(force.reason)
  }

  /** As {@link Terminal.day}. */
  async day(from: number, to: number): ReturnType<Terminal['day']> {
    return this.#now()?.day(from, to) ?? null
  }

  #now(): Terminal | null {
    const force = this.#inForce()
    return force.ready ? force.terminal : null
  }

  #inForce(): InForce {
    const force = profileInForce(this.#device, this.#options.clock.now())
    if (!force.ready) return force
    const version = this.#device.configuration?.version ?? 0
    // A version has one content, and a terminal counts its transactions.
    if (this.#made?.version !== version) this.#made = { version, terminal: this.#make(force.profile) }
    return { ready: true, terminal: this.#made.terminal }
  }

  #make(profile: TerminalOptions['profile']): Terminal {
    const { signRequest: key, tlsClient: as } = this.#device
    return new Terminal({ ...this.#options, profile, key, as, keys: this.#keys })
  }
}
