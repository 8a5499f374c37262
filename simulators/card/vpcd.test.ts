import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { after, before, test } from 'node:test'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { VpcdConnection } from './vpcd.ts'

const ATR = Uint8Array.of(0x3b, 0x00)
const GET_ATR = Buffer.from('000104', 'hex')

let server: Server
let port: number

before(async () => {
  server = createServer({ noDelay: true }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : assert.fail()
})

after(() => server.close())

interface Inserted {
  /** The reader's side. */
  socket: Socket
  connection: VpcdConnection
  /** What the card got: commands in hexadecimal, and `reset`. */
  seen: string[]
}

async function insert(answer: (command: Uint8Array) => Uint8Array | null): Promise<Inserted> {
  const seen: string[] = []
  const card = {
    atr: ATR,
    reset: () => void seen.push('reset'),
    transmit: (command: Uint8Array) => {
      seen.push(toHex(command))
      return answer(command)
    },
  }
  const accepted = once(server, 'connection') as Promise<[Socket]>
  const inserting = VpcdConnection.insert(port, card)
  const [socket] = await accepted
  socket.write(GET_ATR)
  const connection = await inserting
  assert.equal(await read(socket, 4), '00023B00')
  return { socket, connection, seen }
}

/** The next `length` bytes that the reader gets. */
async function read(socket: Socket, length: number): Promise<string> {
  for (;;) {
    const bytes = socket.read(length) as Buffer | null
    if (bytes !== null) return toHex(bytes)
    await once(socket, 'readable')
  }
}

const echo = (command: Uint8Array) => Uint8Array.of(...command, 0x90, 0x00)
const MESSAGES = Buffer.from(
  '0001 01 0004 00A40400 0001 02 0002 00A4 0001 09 0000 0005 80CA9F3600 0001 00'.replaceAll(' ', ''),
  'hex',
)
const ANSWERS = '0006 00A404009000 0002 6700 0002 6700 0002 6700 0007 80CA9F36009000'.replaceAll(' ', '')

for (const size of [MESSAGES.length, 1, 3]) {
  test(`messages in pieces of ${size} bytes: each command once, controls without an answer, short ones refused`, async () => {
    const { socket, connection, seen } = await insert(echo)
    for (let at = 0; at < MESSAGES.length; at += size) socket.write(MESSAGES.subarray(at, at + size))
    assert.equal(await read(socket, ANSWERS.length / 2), ANSWERS)
    socket.write(GET_ATR)
    assert.equal(await read(socket, 4), '00023B00', 'nothing else was answered')
    assert.deepEqual(seen, ['reset', '00A40400', 'reset', '80CA9F3600', 'reset'])
    socket.end()
    await connection.remove()
  })
}

test('a card that leaves hangs up without an answer', async () => {
  const { socket, connection } = await insert(() => null)
  const ended = once(socket.resume(), 'close')
  socket.on('error', () => {})
  socket.write(MESSAGES.subarray(3, 9))
  await ended
  assert.equal(socket.bytesRead, 4, 'the ATR alone')
  await connection.remove()
  assert.equal(connection.present, false)
})

test('a card that is taken out is gone for the reader', async () => {
  const { socket, connection } = await insert(echo)
  assert.equal(connection.present, true)
  socket.resume()
  const ended = once(socket, 'end')
  const removed = connection.remove()
  assert.equal(connection.present, false)
  await ended
  socket.end()
  await removed
  await connection.remove()
})

test('a reader that is not there, or hangs up, is named', async () => {
  const card = { atr: ATR, reset: () => {}, transmit: () => null }
  const closed = createServer().listen(0, '127.0.0.1')
  await once(closed, 'listening')
  const address = closed.address()
  closed.close()
  await once(closed, 'close')
  const nowhere = typeof address === 'object' && address !== null ? address.port : assert.fail()
  await assert.rejects(
    VpcdConnection.insert(nowhere, card),
    /without a card on 127\.0\.0\.1:\d+, got: .*ECONNREFUSED/,
  )
  server.once('connection', (socket: Socket) => socket.end().resume())
  await assert.rejects(VpcdConnection.insert(port, card), /it hung up/)
})
