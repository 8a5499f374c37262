import type { HttpClient } from '../../simulators/common/http-client.ts'

interface Page {
  result: { receivedAmount: { value: string } }[]
  pagination: { endCursor?: string; hasNextPage: boolean }
}

/** What a wallet address has received by card in all, in minor units, from the merchant's day list at point-of-sale. */
export async function receivedBy(
  http: HttpClient,
  pointOfSaleUrl: string,
  walletAddress: string,
): Promise<bigint> {
  let sum = 0n
  let after: Record<string, string> = {}
  for (;;) {
    const query = new URLSearchParams({ receiverWalletAddress: walletAddress, first: '100', ...after })
    const url = `${pointOfSaleUrl}/payments?${query}`
    const { status, body } = await http.call({
      to: 'rafiki-merchant',
      method: 'GET',
      url,
      timeoutMs: 5_000,
      journalled: false,
    })
    if (status !== 200) throw new Error(`expected a list of payments from ${url}, got HTTP ${status}`)
    const { result, pagination } = body as Page
    for (const { receivedAmount } of result) sum += BigInt(receivedAmount.value)
    if (!pagination.hasNextPage || pagination.endCursor === undefined) return sum
    after = { after: pagination.endCursor }
  }
}
