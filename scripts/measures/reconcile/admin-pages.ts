import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { AMOUNT, begunAt, DEBIT, idOf, SHOP } from './payments.ts'

const PAGE = 100
const money = (value: string) => ({ value, assetCode: 'EUR', assetScale: 2 })

const NODES = {
  incomingPayments: (number: number) => ({
    id: idOf('in', number),
    walletAddressId: SHOP,
    state: 'COMPLETED',
    createdAt: new Date(begunAt(number)).toISOString(),
    incomingAmount: money(AMOUNT),
    receivedAmount: money(AMOUNT),
  }),
  outgoingPayments: (number: number) => ({
    id: idOf('out', number),
    receiver: `https://shop.example/incoming-payments/${idOf('in', number)}`,
    state: 'COMPLETED',
    createdAt: new Date(begunAt(number)).toISOString(),
    debitAmount: money(DEBIT),
  }),
} as const

const EMPTY = { edges: [], pageInfo: { hasNextPage: false } }
const NONE = JSON.stringify({ data: { incomingPayments: EMPTY, outgoingPayments: EMPTY } })

/**
 * Serves one list of an Admin API over HTTP, in Rafiki's pages of 100, the newest first. The pages are made beforehand: what a Rafiki
 * takes to find them is its own. The other list is empty. The cursor is the page's number.
 */
export async function serveAdminPages(
  list: keyof typeof NODES,
  count: number,
): Promise<{ url: string; close(): Promise<void> }> {
  const pages = pagesOf(list, count)
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const { query, variables } = JSON.parse(Buffer.concat(chunks).toString())
    const page = query.includes(list) ? pages[Number(variables.after ?? 0)] : NONE
    response.writeHead(200, { 'content-type': 'application/json' }).end(page)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const close = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, close }
}

function pagesOf(name: keyof typeof NODES, count: number): string[] {
  return Array.from({ length: Math.ceil(count / PAGE) }, (_, page) => {
    const newest = count - 1 - page * PAGE
    const size = Math.min(PAGE, newest + 1)
    const edges = Array.from({ length: size }, (_, index) => ({ node: NODES[name](newest - index) }))
    const pageInfo = { endCursor: String(page + 1), hasNextPage: newest - size >= 0 }
    return JSON.stringify({ data: { [name]: { edges, pageInfo } } })
  })
}
