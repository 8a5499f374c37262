import assert from 'node:assert/strict'
import { test } from 'node:test'
import { demultiplexed } from './log-frames.ts'

function frame(stream: number, text: string): Buffer {
  const header = Buffer.alloc(8)
  header.writeUInt8(stream)
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

test('frames of both streams become one text', () => {
  const log = Buffer.concat([frame(1, 'one\n'), frame(2, ''), frame(2, 'zwölf\n')])
  assert.equal(demultiplexed(log), 'one\nzwölf\n')
  assert.equal(demultiplexed(new Uint8Array(0)), '')
})

test('a log that ends anywhere within a frame is taken as far as it goes', () => {
  const log = Buffer.concat([frame(1, 'first\n'), frame(1, 'second\n')])
  for (let length = 0; length <= log.length; length++)
    assert.ok('first\nsecond\n'.startsWith(demultiplexed(log.subarray(0, length))), `${length}`)
})
