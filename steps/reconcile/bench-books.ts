import type { TapResult } from '../../simulators/pos/tap-result.ts'
import type { Opened } from '../bench/bench.ts'
import type { Services } from '../bench/services.ts'
import type { Books, TerminalTap } from './books.ts'
import { incomingPayments, outgoingPayments } from './rafiki-books.ts'

/** What all parties of a bench have written down about these cardholders and merchants. */
export async function benchBooks(
  { merchant, customer, admin }: Services,
  { holders, shops }: Opened,
  taps: readonly TapResult[],
): Promise<Books> {
  const shopWallets = shops.flatMap(({ walletAddressId }) => walletAddressId ?? [])
  const [payments, entries, incoming, outgoing] = await Promise.all([
    merchant.payments({ merchants: shops.map(({ merchantId }) => merchantId) }),
    customer.entries({ accounts: holders.map(({ accountId }) => accountId) }),
    Promise.all(shopWallets.map((id) => incomingPayments(admin.merchant, { walletAddressId: id }))),
    Promise.all(holders.map(({ walletAddressId }) => outgoingPayments(admin.customer, { walletAddressId }))),
  ])
  return {
    taps: taps.flatMap(shown),
    payments,
    entries,
    incoming: incoming.flat(),
    outgoing: outgoing.flat(),
  }
}

function shown({ request, requestId, outcome }: TapResult): TerminalTap[] {
  return request === null || requestId === null ? [] : [{ requestId, word: outcome.word }]
}
