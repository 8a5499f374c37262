import assert from 'node:assert/strict'
import { test } from 'node:test'
import { correlated } from './correlation.ts'
import { createLogger, type LogLevel, logJournal } from './logger.ts'

const PAN = '4111111111111111'

function logOf(level: LogLevel) {
  const lines: string[] = []
  const logger = createLogger('test', level, { write: (line) => void lines.push(line) })
  return { logger, journal: logJournal(logger), lines, read: () => lines.map((line) => JSON.parse(line)) }
}

const http = {
  kind: 'http',
  from: 'pos',
  to: 'merchant-ase',
  method: 'POST',
  url: 'http://pos.example/payments',
  status: 200,
  requestHeaders: {},
  requestBody: { pin: { pinBlock: 'C0FFEE00C0FFEE00' }, deep: { er: { sharedSecret: 'hush' } } },
  responseBody: `{"pinBlock":"C0FFEE00C0FFEE00","note":"card ${PAN}"}`,
  us: 1_767_225_600_000,
} as const

test('secrets, PAN and PIN blocks are in no line, wherever they come in', () => {
  const { logger, journal, lines } = logOf('debug')
  journal.record(http)
  journal.record({ kind: 'fact', party: 'bench', text: `card ${PAN} was read` })
  logger.info(
    { pan: PAN, card: { pin: '1234' }, a: { b: { secret: 'hush' } }, privateKey: 'hush' },
    `PAN ${PAN}`,
  )
  logger.error(new Error(`cannot read ${PAN}`))
  const output = lines.join('')
  for (const secret of [PAN, 'C0FFEE00C0FFEE00', 'hush', '"1234"'])
    assert.ok(!output.includes(secret), secret)
  assert.equal(lines.length, 4)
  assert.match(output, /card 411111\*{6}1111 was read/)
})

test('what only looks like a PAN stays: moments, hexadecimal, numbers without check digit', () => {
  const { journal, read } = logOf('debug')
  const text = `4111111111111112 AB${PAN} ${PAN}00AB`
  journal.record({ kind: 'fact', party: 'bench', text })
  journal.record(http)
  const [fact, call] = read()
  assert.deepEqual([fact.text, call.us], [text, http.us])
})

test('a line says which tap it belongs to, and the level chooses lines', () => {
  const { journal, read } = logOf('info')
  correlated('7be48345-9078-4355-9e28-226879aae824', () => {
    journal.record(http)
    journal.record({ kind: 'fact', party: 'bench', text: 'one' })
  })
  const [only, ...more] = read()
  assert.deepEqual(
    [only.text, only.correlation, only.name, more.length],
    ['one', '7be48345-9078-4355-9e28-226879aae824', 'test', 0],
  )
})

test('a refused webhook is a warning; a silent log says nothing', () => {
  const webhook = {
    kind: 'webhook',
    to: 'merchant-ase',
    type: 'x',
    id: '1',
    verdict: 'refused',
    body: null,
    us: 1,
  } as const
  const [loud, silent] = [logOf('warn'), logOf('silent')]
  for (const { journal } of [loud, silent]) journal.record(webhook)
  assert.deepEqual([loud.read().map(({ level }) => level), silent.lines], [[40], []])
})
