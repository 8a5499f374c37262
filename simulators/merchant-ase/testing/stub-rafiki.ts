import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What a stub answers to one request: status and JSON body, or no answer at all. */
export type StubAnswer = { status: number; body?: unknown } | 'silence' | 'hang up'

export type Stub = (body: unknown) => StubAnswer | Promise<StubAnswer>

/** Both Rafikis and the issuer's decisions as one server that answers by a table of paths, for tests of the merchant ASE alone. */
export interface StubRafiki {
  origin: string
  /** By path, such as `/payment`; can be changed while it runs. Other paths are 404. */
  answers: Record<string, Stub>
  /** Bodies of all requests that came, by path. */
  asked: { path: string; body: unknown }[]
  close(): Promise<void>
}

export async function startStubRafiki(answers: Record<string, Stub>): Promise<StubRafiki> {
  const asked: StubRafiki['asked'] = []
  const stub = { answers, asked }
  const server = createServer(async (request, response) => {
    const path = request.url ?? '/'
    const body = await jsonOf(request)
    asked.push({ path, body })
    const answer = await (stub.answers[path]?.(body) ?? { status: 404, body: {} })
    if (answer === 'hang up') request.socket.destroy()
    if (typeof answer === 'string') return
    response.writeHead(answer.status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(answer.body))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return Object.assign(stub, { origin: `http://127.0.0.1:${port}`, close })
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const text = Buffer.concat(chunks).toString()
  return text === '' ? null : JSON.parse(text)
}
