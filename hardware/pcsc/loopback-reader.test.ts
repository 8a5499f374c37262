import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { LoopbackReader } from './loopback-reader.ts'

const COMMAND = Uint8Array.of(0x00, 0xa4, 0x04, 0x00)
const OK = Uint8Array.of(0x90, 0x00)

function fakeCard(answer: (command: Uint8Array) => Uint8Array | null = () => OK) {
  const card = {
    atr: Uint8Array.of(0x3b, 0x00),
    resets: 0,
    transmit: answer,
    reset: () => void card.resets++,
  }
  return card
}

test('a command reaches the card and its answer comes back', async () => {
  const reader = new LoopbackReader('Direct', new ManualClock())
  const card = fakeCard((command) => Uint8Array.of(...command, 0x90, 0x00))
  reader.insert(card)
  const connection = await reader.connect(0)
  assert.deepEqual(connection.atr, card.atr)
  assert.deepEqual(await connection.transmit(COMMAND), Uint8Array.of(...COMMAND, 0x90, 0x00))
  await connection.disconnect()
  await connection.disconnect()
  assert.equal(card.resets, 2, 'reset when put in and when let go')
})

test('a reader waits for a card for as long as it is told', async () => {
  const clock = new ManualClock()
  const reader = new LoopbackReader('Direct', clock)
  const none = assert.rejects(reader.connect(1000), {
    name: 'CardRemovedError',
    message: /within 1000 ms, none came/,
  })
  clock.advance(1000)
  await none
  const connecting = reader.connect(1000)
  reader.insert(fakeCard())
  assert.deepEqual(await (await connecting).transmit(COMMAND), OK)
  assert.equal(clock.pending, 0)
})

test('a card that is taken out, or leaves, is gone; another works', async () => {
  const reader = new LoopbackReader('Direct', new ManualClock())
  const removed = { name: 'CardRemovedError', message: /card in "Direct", the card was gone/ }
  const takenOut = () => {
    reader.remove()
    return OK
  }
  for (const leaving of [takenOut, () => null]) {
    const card = fakeCard(leaving)
    reader.insert(card)
    const connection = await reader.connect(0)
    await assert.rejects(connection.transmit(COMMAND), removed)
    reader.insert(card)
    await assert.rejects(connection.transmit(COMMAND), removed, 'the old connection is of the card as it was')
    await connection.disconnect()
    reader.remove()
  }
  reader.insert(fakeCard())
  assert.deepEqual(await (await reader.connect(0)).transmit(COMMAND), OK)
})

test('one card, one terminal', async () => {
  const reader = new LoopbackReader('Direct', new ManualClock())
  reader.insert(fakeCard())
  assert.throws(() => reader.insert(fakeCard()), { name: 'ReaderError', message: /one is in it/ })
  const connection = await reader.connect(0)
  await assert.rejects(reader.connect(0), { name: 'ReaderError', message: /it is connected/ })
  await connection.disconnect()
  await assert.rejects(connection.transmit(COMMAND), {
    name: 'ReaderError',
    message: /disconnected: connect again/,
  })
  await (await reader.connect(0)).disconnect()
})
