import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { SignedRequest } from '../../../protocols/signatures/http-message.ts'

export interface PosApiAnswer {
  status: number
  body: string
}

/** A POS API that answers what it is told and keeps what came. */
export interface StubPosApi {
  url: string
  requests: (SignedRequest & { json: Record<string, unknown> })[]
  /** Null breaks the connection, 'silent' never answers. */
  answer: (json: Record<string, unknown>) => PosApiAnswer | null | 'silent'
  close(): Promise<void>
}

export const approve: StubPosApi['answer'] = ({ requestId }) => ({
  status: 200,
  body: JSON.stringify({ requestId, outcome: 'Approved', code: null, reason: null }),
})

export async function startStubPosApi(): Promise<StubPosApi> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    const { method = '', headers } = request
    const json = JSON.parse(body)
    stub.requests.push({ method, url: `${stub.url}${request.url}`, headers, body, json })
    const answer = stub.answer(json)
    if (answer === null) request.socket.destroy()
    if (answer === null || answer === 'silent') return
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stub: StubPosApi = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: [],
    answer: approve,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  return stub
}
