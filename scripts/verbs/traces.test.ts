import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { traceIdOf } from '../../protocols/journal/traceparent.ts'
import { type Ended, tapbench } from '../testing/command.ts'

interface Span {
  traceId: string
  spanId: string
  parentSpanId?: string
  name: string
  startTimeUnixNano: string
  endTimeUnixNano: string
}

test('a tap goes as a trace to whoever takes OTLP over HTTP', async (t) => {
  const got: { url: string | undefined; body: string }[] = []
  const receiver = createServer(async (request, response) => {
    got.push({ url: request.url, body: await text(request) })
    response.setHeader('content-type', 'application/json').end('{}')
  })
  receiver.listen(0, '127.0.0.1')
  await once(receiver, 'listening')
  t.after(() => receiver.close())
  const before = Date.now()
  const otlp = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`
  const { code, stdout, stderr } = await tapTo(t, otlp)
  assert.deepEqual({ code, stderr }, { code: 0, stderr: '' })
  const tap = JSON.parse(stdout)
  const [only, ...more] = got
  assert.deepEqual([only?.url, more.length], ['/v1/traces', 0])
  const body = only?.body ?? ''
  const spans: Span[] = JSON.parse(body).resourceSpans[0].scopeSpans[0].spans
  const [root, ...children] = spans
  assert.deepEqual(
    [root?.name, root?.traceId, root?.parentSpanId],
    ['tap', traceIdOf(tap.correlation), undefined],
  )
  for (const { traceId, parentSpanId, startTimeUnixNano: began, endTimeUnixNano: ended } of children) {
    assert.deepEqual([traceId, parentSpanId], [root?.traceId, root?.spanId])
    assert.ok(BigInt(began) >= BigInt(root?.startTimeUnixNano ?? 0) && BigInt(began) <= BigInt(ended))
    assert.ok(BigInt(ended) <= BigInt(root?.endTimeUnixNano ?? 0))
  }
  const startedAt = Number(BigInt(root?.startTimeUnixNano ?? 0) / 1_000_000n)
  assert.ok(startedAt >= before && startedAt <= Date.now())
  assert.equal(new Set(spans.map(({ spanId }) => spanId)).size, spans.length)
  const names = children.map(({ name }) => name)
  assert.equal(names.filter((name) => name === 'APDU').length, tap.apdus.length)
  for (const name of [
    'POST /payments',
    'POST /payment',
    'HSM VerifyArqc',
    'webhook outgoing_payment.created',
  ])
    assert.ok(names.includes(name), `expected ${name} among ${names.join(', ')}`)
  for (const secret of [tap.card.pan, tap.emv.cryptogram, 'signature', 'payload'])
    assert.ok(!body.includes(secret), secret)
})

test('a collector that is not there is told of, and the tap is what it is', async (t) => {
  const [port = 0] = await freePorts(1)
  const otlp = `http://127.0.0.1:${port}`
  const { code, stdout, stderr } = await tapTo(t, otlp)
  assert.deepEqual([code, JSON.parse(stdout).outcome], [0, 'Approved'])
  assert.match(stderr, /^tapbench: expected http:\/\/127\.0\.0\.1:\d+\/v1\/traces to take traces, got: .+\n$/)
})

function tapTo(t: TestContext, otlp: string): Promise<Ended> {
  return tapbench(t, ['tap', '--json', '--transport', 'loopback', '--otlp', otlp])
}
