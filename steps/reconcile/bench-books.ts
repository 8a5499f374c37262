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
  const merchants = shops.map(({ merchantId }) => merchantId)
  const holderWallets = holders.map(({ walletAddressId }) => walletAddressId)
  const [payments, entries, incoming, outgoing, refunds, sentBack, cameBack] = await Promise.all([
    merchant.payments({ merchants }),
    customer.entries({ accounts: holders.map(({ accountId }) => accountId) }),
    ofEach(shopWallets, (choice) => incomingPayments(admin.merchant, choice)),
    ofEach(holderWallets, (choice) => outgoingPayments(admin.customer, choice)),
    merchant.refunds({ merchants }),
    ofEach(shopWallets, (choice) => outgoingPayments(admin.merchant, choice)),
    ofEach(holderWallets, (choice) => incomingPayments(admin.customer, choice)),
  ])
  const credits = await customer.credits(cameBack.map(({ id }) => id))
  const back = { refunds, outgoing: sentBack, incoming: cameBack, credits }
  return { taps: taps.flatMap(shown), payments, entries, incoming, outgoing, back }
}

async function ofEach<One>(
  walletAddressIds: readonly string[],
  list: (choice: { walletAddressId: string }) => Promise<One[]>,
): Promise<One[]> {
  return (await Promise.all(walletAddressIds.map((walletAddressId) => list({ walletAddressId })))).flat()
}

function shown({ request, requestId, outcome }: TapResult): TerminalTap[] {
  return request === null || requestId === null ? [] : [{ requestId, word: outcome.word }]
}
