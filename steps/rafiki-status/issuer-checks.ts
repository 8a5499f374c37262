import { systemClock } from '../../protocols/clock/system-clock.ts'
import { readHandedOver } from '../bench/issuer/handed-over.ts'
import type { ExternalIssuer } from '../bench/issuer/schema.ts'
import { findWalletAddress } from '../bench/seeding.ts'
import { ask } from './ask.ts'
import { type Check, run } from './checks.ts'
import { Fault } from './fault.ts'

const REFUSALS = new Set([400, 401, 403, 422])

/** What is asked of the issuer of somebody else: nothing is changed there. */
export function issuerChecks(issuer: ExternalIssuer): Check[] {
  return [webhooks(issuer), rates(issuer), decisions(issuer), cards(issuer)]
}

/** Whether something takes events there, and refuses one that nobody has signed. */
function webhooks({ webhookUrl: url }: ExternalIssuer): Check {
  return async () => {
    const setting = 'customerAse.webhookUrl'
    const { status } = await ask({ url, setting, body: {} })
    if (REFUSALS.has(status)) return 'refuses events that are not signed'
    const mend =
      status < 300
        ? 'let the issuer check Rafiki-Signature of every event'
        : `correct ${setting}: it is WEBHOOK_URL of the customer's backend`
    throw new Fault(`expected ${url} to refuse an event without a signature, got ${status}`, mend)
  }
}

function rates({ ratesUrl }: ExternalIssuer): Check {
  return async () => {
    const setting = 'customerAse.ratesUrl'
    const { status, text } = await ask({ url: `${ratesUrl}?base=EUR`, setting })
    if (status === 200 && text.includes('"rates"')) return 'tells exchange rates'
    throw new Fault(
      `expected exchange rates from ${ratesUrl}, got ${status}`,
      `correct ${setting}: it is EXCHANGE_RATES_URL of both backends`,
    )
  }
}

/** An enquiry about a payment that never was. */
function decisions({ decisionsUrl: url }: ExternalIssuer): Check {
  return async () => {
    if (url === null) return 'does not tell why it refuses'
    const setting = 'customerAse.decisionsUrl'
    const body = { payload: '77', initiatedAt: new Date(systemClock.now()).toISOString() }
    const { status } = await ask({ url, setting, body })
    if (status === 404) return 'tells of its decisions'
    throw new Fault(
      `expected 404 from ${url} about a payment that it was never asked for, got ${status}`,
      `correct ${setting}, or set it to null`,
    )
  }
}

function cards({ cards }: ExternalIssuer): Check {
  return async (asking) => {
    if (cards === null) return 'has handed over no cards'
    const read = await readHandedOver(cards.records)
    for (const { file, record } of read) {
      const id = await run(asking, 'customer', (admin) => findWalletAddress(admin, record.walletAddress))
      if (id === null)
        throw new Fault(
          `expected the customer's Rafiki to know ${record.walletAddress} of ${file}, it does not`,
          'make the wallet address there, or hand over another card',
        )
    }
    return `cards handed over: ${read.length}`
  }
}
