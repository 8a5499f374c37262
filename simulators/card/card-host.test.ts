import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import { CardRemovedError } from '../../hardware/pcsc/reader.ts'
import { startVirtualReaders, type VirtualReaders } from '../../hardware/pcsc/virtual-reader.ts'
import { asciiPadded, concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { verifyAes } from '../../protocols/interledger/cryptogram.ts'
import { parseTlv, requireTag } from '../../protocols/tlv/tlv.ts'
import { CardHost } from './card-host.ts'
import type { Faults } from './faults.ts'
import { CARD_KEY, imageOf, recordWith } from './testing/issue.ts'

const SOON = 5_000
const SELECT = fromHex('00A404000AA00000015103010C060100')
const GPO = fromHex('80A8000002830000')
const RECORD = fromHex('00B2010C00')

let directory: string
let pcscd: VirtualReaders
let host: CardHost
let reader: PcscReader
let port: number

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tb-'))
  ;[pcscd, host] = await Promise.all([
    startVirtualReaders({ readers: ['Tapbench'], directory }),
    CardHost.start(),
  ])
  const [virtual] = pcscd.readers
  port = virtual?.port ?? assert.fail()
  reader = new PcscReader({ name: virtual?.name ?? '', socket: pcscd.socket })
})

after(async () => {
  reader.close()
  await host.close()
  await pcscd.close()
  await rm(directory, { recursive: true })
})

const insert = (faults: Faults = {}, atc = 0) =>
  host.insert({ port, image: imageOf(recordWith(), { faults, atc }) })

function cdol1Data(atc: string): Uint8Array {
  const fixed = fromHex(`${atc}000000001250097802260101120000${'11223344'}`)
  return concat(
    fixed,
    asciiPadded('$shop.tapbench.example/bakery', 64),
    asciiPadded('$wallet.tapbench.example/alice', 64),
  )
}

const generateAc = (data: Uint8Array) => concat(fromHex('80AEC10095'), data, fromHex('00'))

test('a whole transaction, a torn one, and the next card in the same reader', async () => {
  const first = await insert()
  const connection = await reader.connect(SOON)
  assert.equal(toHex(connection.atr), '3B8580018073C6014070')
  for (const command of [SELECT, GPO, RECORD])
    assert.equal(toHex((await connection.transmit(command)).subarray(-2)), '9000')
  const data = cdol1Data('0001')
  const answer = await connection.transmit(generateAc(data))
  const cryptogram = requireTag(parseTlv(answer.subarray(0, -2)), '9F26').value
  assert.ok(verifyAes(CARD_KEY, data, cryptogram))
  await connection.disconnect()
  assert.deepEqual(await first.state(), { atc: 1, present: true, notes: [] })
  assert.deepEqual(await first.remove(), { atc: 1, present: false, notes: [] })
  assert.deepEqual(await first.remove(), { atc: 1, present: false, notes: [] })

  const torn = await insert({ tearInside: 'AE' }, 1)
  const tearing = await reader.connect(SOON)
  for (const command of [SELECT, GPO, RECORD]) await tearing.transmit(command)
  await assert.rejects(tearing.transmit(generateAc(cdol1Data('0002'))), CardRemovedError)
  await tearing.disconnect()
  assert.deepEqual(await torn.state(), { atc: 2, present: false, notes: [] })
  assert.deepEqual(await torn.remove(), { atc: 2, present: false, notes: [] })

  const next = await insert({}, 2)
  const again = await reader.connect(SOON)
  assert.equal(toHex((await again.transmit(SELECT)).subarray(-2)), '9000')
  const options = parseTlv((await again.transmit(GPO)).subarray(0, -2))
  assert.equal(toHex(requireTag(options, '9F36').value), '0003')
  await again.disconnect()
  await next.remove()
})

test('a card that left inside a command is put back as it was left, until another one takes its place', async () => {
  const card = await insert({ tearInside: 'AE' }, 1)
  const tearing = await reader.connect(SOON)
  for (const command of [SELECT, GPO, RECORD]) await tearing.transmit(command)
  await assert.rejects(tearing.transmit(generateAc(cdol1Data('0002'))), CardRemovedError)
  await tearing.disconnect()

  await card.putBack()
  const again = await reader.connect(SOON)
  await again.transmit(SELECT)
  const options = parseTlv((await again.transmit(GPO)).subarray(0, -2))
  assert.equal(toHex(requireTag(options, '9F36').value), '0003')
  await again.transmit(RECORD)
  assert.equal(toHex((await again.transmit(generateAc(cdol1Data('0003')))).subarray(-2)), '9000')
  await again.disconnect()
  await assert.rejects(card.putBack(), {
    name: 'CardHostError',
    message: /to be out of its reader/,
  })
  assert.deepEqual(await card.remove(), { atc: 3, present: false, notes: [] })

  const other = await insert()
  await assert.rejects(card.putBack(), { name: 'CardHostError', message: /expected card \d+ to be inserted/ })
  await other.remove()
})

test('between two connections the card was without power: its selection is gone, its counter is not', async () => {
  const card = await insert()
  for (const atc of ['0001', '0002']) {
    const connection = await reader.connect(SOON)
    assert.equal(toHex(await connection.transmit(GPO)), '6985')
    await connection.transmit(SELECT)
    const options = parseTlv((await connection.transmit(GPO)).subarray(0, -2))
    assert.equal(toHex(requireTag(options, '9F36').value), atc)
    await connection.disconnect()
  }
  await card.remove()
})

for (const command of [1, 2, 3, 4]) {
  test(`a card taken out before command ${command} is gone, whatever the next one brings`, async () => {
    const card = await insert({ tearBefore: command })
    const connection = await reader.connect(SOON)
    const commands = [SELECT, GPO, RECORD, generateAc(cdol1Data('0001'))]
    for (const before of commands.slice(0, command - 1)) await connection.transmit(before)
    await assert.rejects(connection.transmit(commands[command - 1] ?? SELECT), CardRemovedError)
    await connection.disconnect()
    await card.remove()
  })
}

test('an oversized answer arrives whole', async () => {
  const card = await insert({ answers: { B2: 'oversized' } })
  const connection = await reader.connect(SOON)
  for (const command of [SELECT, GPO]) await connection.transmit(command)
  assert.equal((await connection.transmit(RECORD)).length, 302)
  await connection.disconnect()
  await card.remove()
})

test('what the host cannot do is an error that names it', async () => {
  const image = imageOf()
  await assert.rejects(host.insert({ port: 1, image }), {
    name: 'CardHostError',
    message: /127\.0\.0\.1:1, got: .*ECONNREFUSED/,
  })
  const broken = { ...image, atc: -1 }
  await assert.rejects(host.insert({ port, image: broken }), (error: Error) => {
    assert.match(error.message, /expected \{ id, insert/)
    assert.ok(!error.message.includes(image.key.value))
    return true
  })
})

test('a host that ended says so, to those who wait and to those who come', async () => {
  const other = await CardHost.start()
  await other.close()
  await other.close()
  await assert.rejects(other.insert({ port, image: imageOf() }), {
    name: 'CardHostError',
    message: /start another/,
  })
})

test('the program alone: lines in, lines out, and it ends with its input', async () => {
  const main = join(import.meta.dirname, 'main.ts')
  const child = spawn(process.execPath, [main])
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => {
    output += bytes
  })
  child.stdin.end('no json\n{"id":1,"melt":2}\n{"id":2,"state":9}\n')
  const [code] = await once(child, 'close')
  assert.equal(code, 0)
  assert.deepEqual(
    output
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line)),
    [
      { ready: true },
      { id: null, error: 'expected a line of JSON' },
      {
        id: null,
        error:
          'expected { id, insert: { port, image or recording } }, { id, putBack: card }, { id, remove: card } or { id, state: card }',
      },
      { id: 2, error: 'expected card 9 to be inserted, it is not' },
    ],
  )
})
