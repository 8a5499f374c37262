import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { HttpClient, HttpError } from './http-client.ts'

const ANSWERS: Record<string, (response: ServerResponse) => void> = {
  '/json': (response) => response.setHeader('content-type', 'application/json').end('{"a":1}'),
  '/pieces': (response) => {
    response.writeHead(201, { 'content-type': 'application/json; charset=utf-8' })
    response.write('{"a":')
    setImmediate(() => response.end('"€"}'))
  },
  '/no-json': (response) => response.setHeader('content-type', 'application/json').end('{'),
  '/text': (response) => response.setHeader('content-type', 'text/plain').end('{"a":1}'),
  '/octets': (response) =>
    response.setHeader('content-type', 'application/octet-stream').end(Buffer.from([0, 255])),
  '/nothing': (response) => response.writeHead(204).end(),
  '/broken': (response) => {
    response.writeHead(200, { 'content-length': '9' })
    response.write('half')
    setImmediate(() => response.destroy())
  },
  '/silent': () => {},
  '/stalled': (response) => response.writeHead(200, { 'content-length': '9' }).write('half'),
}

let server: Server
let origin: string
let asked: string | undefined
const clock = new ManualClock()
const journal = new MemoryJournal(() => 0)
let http: HttpClient

before(async () => {
  server = createServer((request, response) => {
    asked = request.headers.host
    ANSWERS[request.url ?? '']?.(response)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  http = new HttpClient({ from: 'bench', clock, journal, hosts: { 'shop.example': origin } })
})

after(async () => {
  await http.close()
  server.closeAllConnections()
  server.close()
})

const get = (url: string) => http.call({ to: 'pos', method: 'GET', url, timeoutMs: 1_000 })

const READ: [path: string, status: number, body: unknown][] = [
  ['/json', 200, { a: 1 }],
  ['/pieces', 201, { a: '€' }],
  ['/no-json', 200, '{'],
  ['/text', 200, '{"a":1}'],
  ['/octets', 200, new Uint8Array([0, 255])],
  ['/nothing', 204, ''],
]

for (const [path, status, body] of READ) {
  test(`the answer of ${path} is read by its content type`, async () => {
    assert.deepEqual(await get(origin + path), { status, body })
  })
}

test('a host of the table is asked at its place, under its own name', async () => {
  assert.deepEqual(await get('http://shop.example/json'), { status: 200, body: { a: 1 } })
  assert.equal(asked, 'shop.example')
})

for (const path of ['/silent', '/stalled']) {
  test(`the clock ends a call to ${path}: timeout`, async () => {
    const call = get(origin + path)
    await once(server, 'request')
    clock.advance(999)
    clock.advance(1)
    await assert.rejects(call, (error) => error instanceof HttpError && error.fault === 'timeout')
  })
}

test('an answer that breaks off is none: unreachable', async () => {
  await assert.rejects(
    get(`${origin}/broken`),
    (error) => error instanceof HttpError && error.fault === 'unreachable',
  )
})

test('nobody listens: unreachable, and the journal says so', async () => {
  const idle = createServer()
  await once(idle.listen(0, '127.0.0.1'), 'listening')
  const { port } = idle.address() as AddressInfo
  idle.close()
  await assert.rejects(
    get(`http://127.0.0.1:${port}/`),
    (error) => error instanceof HttpError && error.fault === 'unreachable',
  )
  const last = journal.entries.at(-1)
  assert.ok(last?.kind === 'http' && last.status === null && last.error?.includes('ECONNREFUSED'))
})
