import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { tapbench } from '../testing/command.ts'

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tb-log-'))
  t.after(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Base URL of a collector, and the names of the spans that it got. */
async function collector(t: TestContext) {
  const names: string[] = []
  const server = createServer(async (request, response) => {
    const { resourceSpans } = JSON.parse(await text(request))
    names.push(...resourceSpans[0].scopeSpans[0].spans.map(({ name }: { name: string }) => name))
    response.setHeader('content-type', 'application/json').end('{}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, names }
}

async function linesIn(file: string): Promise<Record<string, unknown>[]> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.map((line) => JSON.parse(line))
}

const TAPS = `Feature: taps
  Background:
    Given a cardholder with 50.00 EUR and a card "interledger"
    And a merchant who takes EUR
  Scenario: one that is logged and traced
    When the cardholder taps for 12.50 EUR
    Then the terminal shows "Approved"
`
test('run: services, scenario, tap and calls are in the log, which is searched for secrets; each tap goes as a trace', async (t) => {
  const path = await folder(t)
  await writeFile(join(path, 'taps.feature'), TAPS)
  const { url, names } = await collector(t)
  const log = join(path, 'log.ndjson')
  // As if a line had got past the redaction: a card number of the card schemes' documentation.
  await writeFile(log, '{"msg":"card 4111111111111111"}\n')
  const { code, stdout, stderr } = await tapbench(t, [
    ...['run', join(path, 'taps.feature'), '--report', path, '--transport', 'loopback'],
    ...['--log', log, '--otlp', url],
  ])
  assert.match(stdout, /1 scenario \(1 passed\)/)
  assert.equal(code, 1)
  assert.match(stderr, /^tapbench: \S+log\.ndjson: expected no secret, got: PAN as digits at byte \d+\n$/)
  const lines = await linesIn(log)
  const texts = lines.map(({ msg }) => msg)
  const inOrder = [
    'bench started',
    'scenario began',
    'tap began',
    'POST /payments',
    'tap ended',
    'scenario ended',
  ]
  const places = [...inOrder, 'bench stopped'].map((one) => texts.indexOf(one))
  assert.ok(!places.includes(-1) && places.every((place, at) => place >= (places[at - 1] ?? 0)), texts.join())
  const tap = lines[texts.indexOf('tap began')]
  const payment = lines[texts.indexOf('POST /payments')]
  assert.match(`${tap?.correlation}`, /^[\da-f-]{36}$/)
  assert.deepEqual([payment?.correlation, payment?.status, payment?.level], [tap?.correlation, 200, 30])
  assert.deepEqual(lines[texts.indexOf('scenario ended')]?.status, 'PASSED')
  assert.equal(names.filter((name) => name === 'tap').length, 1)
  assert.ok(names.includes('POST /payments'), names.join())
})

test('tap --log -: on standard error, since standard output is one JSON document', async (t) => {
  const args = ['tap', '--json', '--transport', 'loopback', '--log', '-']
  const { code, stdout, stderr } = await tapbench(t, args)
  const { correlation } = JSON.parse(stdout)
  const lines = stderr
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  const ended = lines.find(({ msg }) => msg === 'tap ended')
  assert.deepEqual([code, ended?.correlation, ended?.outcome], [0, correlation, 'done'])
})

test('a log that cannot be written, and an unknown level: said before anything starts, exit code 2', async (t) => {
  const path = await folder(t)
  const nowhere = await tapbench(t, ['tap', '--log', join(path, 'no', 'log')])
  assert.equal(nowhere.code, 2)
  assert.match(nowhere.stderr, /expected a file that can be written in --log or TAPBENCH_LOG, got ENOENT/)
  const args = ['tap', '--log', join(path, 'log')]
  const loud = await tapbench(t, args, { env: { LOG_LEVEL: 'loud' } })
  assert.equal(loud.code, 2)
  assert.match(loud.stderr, /LOG_LEVEL: expected one of silent, .*, got "loud"/)
})
