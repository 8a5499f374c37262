import { z } from 'zod'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Party } from '../../../protocols/journal/journal.ts'
import type { HttpClient } from '../../common/http-client.ts'

const REQUEST_TIMEOUT_MS = 5_000
const answer = z.object({ base: z.string().min(1), rates: z.record(z.string(), z.number()) })

interface Currency {
  code: string
  scale: number
}

export interface RatesOptions {
  url: string
  ase: Party
  lifetimeMs: number
  http: HttpClient
  clock: Clock
}

/** The ASE's exchange rates, fetched by base currency and kept for a while. */
export class Rates {
  readonly #options: RatesOptions
  readonly #known = new Map<string, { until: number; rates: Promise<Record<string, number>> }>()

  constructor(options: RatesOptions) {
    this.#options = options
  }

  /**
   * Units of `to` for one unit of `from`, scales included; null when the ASE gives no rate. Rates are asked for even when both are of one
   * currency, as Rafiki does, but need not be there then.
   */
  async between(from: Currency, to: Currency): Promise<number | null> {
    const rates = await this.#from(from.code).catch(() => null)
    const rate = from.code === to.code ? 1 : rates?.[to.code]
    if (rate === undefined || !(rate > 0 && Number.isFinite(rate))) return null
    return rate * 10 ** (to.scale - from.scale)
  }

  /** As {@link Rates.between}, but without asking when both are of one currency: for packets on their way. */
  async forPacket(from: Currency, to: Currency): Promise<number | null> {
    return from.code === to.code ? 10 ** (to.scale - from.scale) : this.between(from, to)
  }

  #from(base: string): Promise<Record<string, number>> {
    const now = this.#options.clock.now()
    const known = this.#known.get(base)
    if (known !== undefined && now < known.until) return known.rates
    const rates = this.#fetch(base)
    this.#known.set(base, { until: now + this.#options.lifetimeMs, rates })
    rates.catch(() => this.#known.delete(base))
    return rates
  }

  async #fetch(base: string): Promise<Record<string, number>> {
    const { url, ase, http } = this.#options
    const target = new URL(url)
    target.searchParams.set('base', base)
    const { status, body } = await http.call({
      to: ase,
      method: 'GET',
      url: target.href,
      timeoutMs: REQUEST_TIMEOUT_MS,
    })
    if (status !== 200) throw new Error(`expected rates from ${target.href}, got HTTP ${status}`)
    return answer.parse(body).rates
  }
}
