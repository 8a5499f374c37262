import { because } from '../../../protocols/outcome/outcome.ts'
import type { Kernel, KernelDeps } from '../emv/kernel.ts'
import { endOf } from '../emv/kernel-result.ts'
import type { OnlineAnswer } from '../emv/online.ts'
import type { ContactlessProfile } from './configuration.ts'
import type { ContactlessDeps } from './context.ts'
import { runContactless } from './entry-point.ts'
import type { ContactlessResult } from './result.ts'
import { TornLog } from './torn-log.ts'
import { approvalOf, showing } from './user-interface.ts'

/** The torn transaction log that a terminal's configuration asks for; keep it as long as the terminal. */
export function tornLogOf({ combinations }: ContactlessProfile): TornLog {
  const [first] = combinations
  const { tornRecords: records = 0, tornLifetimeSeconds = 0 } = first?.kernel2 ?? {}
  return new TornLog({ records, lifetimeMs: tornLifetimeSeconds * 1000 })
}

/**
 * Entry Point and kernel 2 with the issuer behind them: an Online Request is asked, and its answer is the outcome (Book A, 6.2; the card is
 * not there any more, so that no script and no second cryptogram follow). Throws a TypeError for a terminal without `contactless` and `emv`.
 */
export function contactlessKernel(own: Omit<ContactlessDeps, keyof KernelDeps>): Kernel {
  return async (session, { type, country, emv, contactless }, transaction, deps) => {
    if (emv === undefined || contactless === undefined)
      throw new TypeError('expected a terminal profile with "emv" and "contactless", one is missing: add it')
    const terminal = { type, country, emv, contactless }
    const result = await runContactless(session, terminal, transaction, { ...deps, ...own })
    return result.outcome === 'OnlineRequest' ? askIssuer(result, deps) : result
  }
}

async function askIssuer(
  result: ContactlessResult,
  { online, cardholder, journal }: KernelDeps,
): Promise<ContactlessResult> {
  const pin = result.parameters.cvm === 'ONLINE PIN' ? await cardholder.onlinePin() : null
  const pinData = pin?.kind === 'entered' ? pin.pinData : null
  const answer = await online({ data: result.data, pinData })
  const { decision, responseCode } = answer
  journal.record({
    kind: 'terminal',
    step: 'Online processing',
    detail: `${decision}, response code ${responseCode}`,
  })
  const message = decision === 'approve' ? approvalOf(result.parameters.cvm) : 'not authorised'
  return { ...result, ...verdictOf(answer), afterOnline: showing(message, 'not ready') }
}

function verdictOf({
  decision,
  responseCode,
  code,
}: OnlineAnswer): Pick<ContactlessResult, 'outcome' | 'reason' | 'code'> {
  if (decision === 'approve') return { outcome: 'Approved', reason: 'the issuer approved', code: null }
  if (code !== null) return { ...endOf(because(code)), outcome: 'Declined' }
  return decision === 'unable'
    ? endOf(because('terminal_declined', 'issuer could not be asked'))
    : endOf(because('issuer_declined', `response code ${responseCode}`))
}
