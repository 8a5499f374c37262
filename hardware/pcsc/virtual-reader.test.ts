import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, watch } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { freePorts } from '../net/free-ports.ts'
import { openContext } from './context.ts'
import { listReaders, PcscReader } from './pcsc-reader.ts'
import { CardRemovedError, ReaderError } from './reader.ts'
import { measureFloor, measureRoundTrips } from './round-trips.ts'
import { ATR, type Behaviour, frame, insertTestCard, polite } from './testing/vpcd-card.ts'
import { startVirtualReaders, type VirtualReader, type VirtualReaders } from './virtual-reader.ts'

const COMMAND = Buffer.from('00A4040000', 'hex')
const OK = new Uint8Array([0x90, 0x00])
const SOON = 5_000

let directory: string
let pcscd: VirtualReaders

const folder = (name: string) => join(directory, name)
const start = (name: string, more: object = {}) =>
  startVirtualReaders({ readers: ['One'], directory: folder(name), cacheDirectory: folder('cache'), ...more })
const nth = ({ readers }: VirtualReaders, index: number) =>
  readers[index] ?? assert.fail(`no reader ${index}`)

async function withCard(
  reader: VirtualReader,
  behaviour: Behaviour,
  use: (reader: PcscReader) => Promise<void>,
) {
  const pcsc = new PcscReader({ name: reader.name, socket: pcscd.socket })
  const card = await insertTestCard(reader.port, behaviour)
  try {
    await use(pcsc)
  } finally {
    await card.remove()
    pcsc.close()
  }
}

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'tb-'))
  pcscd = await start('main', { readers: ['First', 'Second (b)'], cardTimeoutMs: 300 })
})

after(async () => {
  await pcscd.close()
  await rm(directory, { recursive: true })
})

test('readers have the names that PC/SC lists, and a pcscd of their own', async () => {
  assert.deepEqual(
    pcscd.readers.map(({ name }) => name),
    ['First 00 00', 'Second (b) 00 00'],
  )
  const listed = listReaders(pcscd.socket)
  for (const { name } of pcscd.readers) assert.ok(listed.includes(name))
  const other = await start('other')
  assert.deepEqual(
    listReaders(other.socket).filter((name) => name.endsWith('00 00')),
    ['One 00 00'],
  )
  assert.ok(listReaders(pcscd.socket).includes('First 00 00'))
  await other.close()
})

test('they listen on 127.0.0.1 alone', () => {
  for (const { port } of pcscd.readers) {
    const hex = port.toString(16).toUpperCase().padStart(4, '0')
    const listening = readFileSync('/proc/net/tcp', 'utf8').match(
      new RegExp(`\\b[0-9A-F]{8}:${hex} 0{8}:`, 'g'),
    )
    assert.deepEqual(listening, [`0100007F:${hex} 00000000:`])
  }
})

test('each reader leads to its own card', async () => {
  const say =
    (byte: number): Behaviour =>
    (_, socket) =>
      void socket.write(frame(Uint8Array.of(byte, 0x90, 0x00)))
  await withCard(nth(pcscd, 0), say(1), (one) =>
    withCard(nth(pcscd, 1), say(2), async (two) => {
      const connections = [await one.connect(SOON), await two.connect(SOON)]
      const answers = await Promise.all(connections.map((connection) => connection.transmit(COMMAND)))
      assert.deepEqual(
        answers.map((answer) => answer[0]),
        [1, 2],
      )
      assert.deepEqual(connections[0]?.atr, new Uint8Array(ATR))
      for (const connection of connections) await connection.disconnect()
    }),
  )
})

test('a reader waits for its card, and says when none came', async (t) => {
  // Of its own: pcscd may not know yet that the card of the test before has gone.
  const own = await start('waits', { readers: ['First'] })
  t.after(() => own.close())
  const pcsc = new PcscReader({ name: 'First', socket: own.socket })
  await assert.rejects(pcsc.connect(0), {
    name: 'ReaderError',
    message: /expected one reader "First".*First 00 01/,
  })
  const reader = new PcscReader({ name: nth(own, 0).name, socket: own.socket })
  for (const bound of [0, 20, 20])
    await assert.rejects(reader.connect(bound), {
      name: 'CardRemovedError',
      message: /within \d+ ms, none came/,
    })
  const connecting = reader.connect(SOON)
  const card = await insertTestCard(nth(own, 0).port, polite)
  const connection = await connecting
  assert.deepEqual(await connection.transmit(COMMAND), OK)
  await connection.disconnect()
  await connection.disconnect()
  await assert.rejects(connection.transmit(COMMAND), ReaderError)
  await card.remove()
  pcsc.close()
  reader.close()
})

test('extended answers pass whole, 61xx and 6Cxx raw', async () => {
  const long = Buffer.alloc(65_000, 0xab)
  const answers = ['6110', '6C20'].map((hex) => Buffer.from(hex, 'hex'))
  answers.push(Buffer.concat([long, OK]))
  const queue = [...answers]
  const behaviour: Behaviour = (_, socket) => void socket.write(frame(queue.shift() ?? Buffer.alloc(0)))
  await withCard(nth(pcscd, 0), behaviour, async (reader) => {
    const connection = await reader.connect(SOON)
    for (const answer of answers) assert.deepEqual(await connection.transmit(COMMAND), new Uint8Array(answer))
    await connection.disconnect()
  })
})

const TORN: [string, Behaviour][] = [
  ['leaves instead of answering', (_, socket) => void socket.destroy()],
  ['leaves in the length of an answer', (_, socket) => void socket.end(Buffer.of(0x00))],
  ['leaves in an answer', (_, socket) => void socket.end(frame(OK).subarray(0, 3))],
  ['answers with nothing', (_, socket) => void socket.write(frame(Buffer.alloc(0)))],
  ['is silent', () => {}],
]

for (const [what, behaviour] of TORN) {
  test(`a card that ${what} is a removed card, and the next one works`, async () => {
    const reader = nth(pcscd, 0)
    await withCard(reader, behaviour, async (pcsc) => {
      const connection = await pcsc.connect(SOON)
      await assert.rejects(connection.transmit(COMMAND), (error: Error) => {
        assert.ok(error instanceof CardRemovedError, String(error))
        assert.match(error.message, /First 00 00.*the card was gone/)
        return true
      })
      await assert.rejects(connection.transmit(COMMAND), CardRemovedError)
      await connection.disconnect()
    })
    await withCard(reader, polite, async (pcsc) => {
      const connection = await pcsc.connect(SOON)
      assert.deepEqual(await connection.transmit(COMMAND), OK)
      await connection.disconnect()
    })
  })
}

test('a card that another program holds is named so', async () => {
  await withCard(nth(pcscd, 0), polite, async (reader) => {
    const connection = await reader.connect(SOON)
    const second = new PcscReader({ name: reader.name, socket: pcscd.socket })
    await assert.rejects(second.connect(SOON), {
      name: 'ReaderError',
      message: /Sharing violation; another program/,
    })
    second.close()
    await connection.disconnect()
  })
})

test('round trips of the binding and of the C floor are measured on the same reader', async () => {
  const { name, port } = nth(pcscd, 0)
  const card = await insertTestCard(port, polite)
  const reader = new PcscReader({ name, socket: pcscd.socket })
  const options = { command: COMMAND, rounds: 20, warmUp: 2 }
  const connection = await reader.connect(SOON)
  const ours = await measureRoundTrips(connection, options)
  await connection.disconnect()
  const target = { reader: name, socket: pcscd.socket, cacheDirectory: folder('cache') }
  const floor = await measureFloor(target, options)
  for (const { p50Us, p95Us } of [ours, floor]) assert.ok(p50Us > 0 && p95Us >= p50Us)
  await assert.rejects(measureFloor({ ...target, reader: 'Nothing' }, options), /connect: Unknown reader/)
  await card.remove()
  reader.close()
})

test('a pcscd that is not there is named, and the environment stays as it was', () => {
  const before = process.env.PCSCLITE_CSOCK_NAME
  assert.throws(() => openContext(folder('nowhere')), {
    name: 'ReaderError',
    message: /expected pcscd to listen on .*nowhere.*systemctl start pcscd/,
  })
  assert.equal(process.env.PCSCLITE_CSOCK_NAME, before)
})

test('a busy port is replaced, and named when there is no other', async () => {
  const [busy = 0] = await freePorts(1)
  const blocker = createServer().listen(busy, '127.0.0.1')
  await once(blocker, 'listening')
  const offers = [[busy], await freePorts(1)]
  const started = await start('busy', { ports: async () => offers.shift() ?? [] })
  assert.notEqual(nth(started, 0).port, busy)
  await started.close()
  await assert.rejects(start('busy', { ports: async () => [busy] }), {
    name: 'ReaderError',
    message: new RegExp(`port ${busy} was taken at attempt 5`),
  })
  assert.deepEqual(readdirSync(folder('busy')), [])
  blocker.close()
})

const REFUSED: [string, object, RegExp][] = [
  [
    'pcscd',
    { tools: { pcscd: '/nowhere/pcscd' } },
    /\/nowhere\/pcscd, it is not there: apt-get install pcscd/,
  ],
  [
    'the driver',
    { tools: { driver: '/nowhere/x.so' } },
    /x\.so, it is not there: apt-get install vsmartcard-vpcd/,
  ],
  [
    'the compiler',
    { tools: { compiler: 'no-such-cc' }, cacheDirectory: '' },
    /found no C compiler: apt-get install gcc/,
  ],
  [
    'a pcscd that starts',
    { tools: { pcscd: '/bin/false' } },
    /it ended \(exit code 1, signal null\). End of its log:\n\(empty\)/,
  ],
  ['a sensible name', { readers: ['a"b'] }, /expected 1 to 8 different reader names/],
  ['different names', { readers: ['a', 'a'] }, /expected 1 to 8 different reader names/],
  ['eight readers at most', { readers: [...'abcdefghi'] }, /got 9/],
]

for (const [what, options, message] of REFUSED) {
  test(`without ${what} the error says so`, async () => {
    const more = 'cacheDirectory' in options ? { ...options, cacheDirectory: folder('empty-cache') } : options
    await assert.rejects(start('refused', more), { name: 'ReaderError', message })
    if (existsSync(folder('refused'))) assert.deepEqual(readdirSync(folder('refused')), [])
  })
}

test('a folder whose sockets would have too long a path is refused', async () => {
  const deep = `deep/${'x'.repeat(100)}`
  await assert.rejects(start(deep), /expected a socket path of at most 107 bytes/)
  assert.ok(!existsSync(folder(deep)))
})

test('nothing is left after close, nor when the parent is killed', async () => {
  const closed = await start('closed')
  await closed.close()
  await closed.close()
  assert.deepEqual(readdirSync(folder('closed')), [])

  const orphaned = folder('orphaned')
  const source = `
    import { startVirtualReaders } from ${JSON.stringify(join(import.meta.dirname, 'virtual-reader.ts'))}
    const { socket } = await startVirtualReaders({ readers: ['One'], directory: ${JSON.stringify(orphaned)}, cacheDirectory: ${JSON.stringify(folder('cache'))} })
    console.log(socket)
    process.kill(process.pid, 'SIGKILL')`
  const parent = spawn(process.execPath, ['--input-type=module', '--eval', source], {
    env: { ...process.env, TMPDIR: directory },
  })
  const [line] = (await once(parent.stdout, 'data')) as [Buffer]
  assert.match(String(line), /pcscd\.comm/)
  await emptied(orphaned)
})

/** Resolves when a folder has become empty. */
async function emptied(path: string): Promise<void> {
  const watcher = watch(path)
  while (readdirSync(path).length > 0) await once(watcher, 'change')
  watcher.close()
}
