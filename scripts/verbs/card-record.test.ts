import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { LoopbackReader } from '../../hardware/pcsc/loopback-reader.ts'
import { PcscReader } from '../../hardware/pcsc/pcsc-reader.ts'
import type { CardReader } from '../../hardware/pcsc/reader.ts'
import { startVirtualReaders } from '../../hardware/pcsc/virtual-reader.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { CardHost } from '../../simulators/card/card-host.ts'
import { FaultyCard } from '../../simulators/card/faulty-card.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import {
  listRecordings,
  loadRecording,
  parseRecording,
  recordingText,
} from '../../simulators/card/recording/recording.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import { survey } from '../lib/survey.ts'
import { surveyText } from './card-read.ts'
import { type RecordOptions, record } from './card-record.ts'
import { isSame, replay } from './card-replay.ts'

const clock: Clock = { now: () => Date.UTC(2026, 10, 21, 12), after: systemClock.after }
const random = (length: number) => new Uint8Array(length).fill(0x12)
const OPTIONS: RecordOptions = {
  output: '',
  amount: '12.50',
  currency: 'EUR',
  terminal: 'contact',
  title: 'a card',
}

function inserted(profile: string): LoopbackReader {
  const reader = new LoopbackReader('Loopback', clock)
  reader.insert(new FaultyCard(personaliseTestCard(loadCardProfile(profile))))
  return reader
}

async function recorded(reader: CardReader, options: Partial<RecordOptions>) {
  return (await record(reader, { ...OPTIONS, ...options }, { clock, random })) ?? assert.fail('a recording')
}

describe('a card that was recorded is asked the same again', () => {
  const cases: [string, string, Partial<RecordOptions>][] = [
    ['a survey, cleaned', 'mchip-like-contact', {}],
    [
      'a contact transaction with offline data authentication, of a test card',
      'mchip-like-contact',
      { tap: true, testData: true },
    ],
    ['the same, cleaned', 'mchip-like-contact', { tap: true }],
    [
      'a contactless transaction, of a test card',
      'mchip-like-contactless',
      { tap: true, testData: true, terminal: 'contactless' },
    ],
    ['the same, cleaned', 'mchip-like-contactless', { tap: true, terminal: 'contactless' }],
  ]
  for (const [name, profile, options] of cases)
    it(`${name} (${profile})`, async () => {
      const recording = await recorded(inserted(profile), options)
      const back = parseRecording(recordingText(recording, 'schema.json'), 'card.yaml')
      const replayed = await replay(back, clock)
      assert.ok(replayed.commands.length > 10)
      assert.deepEqual([replayed.unknown, replayed.missed], [[], []])
      if (options.tap) assert.match(replayed.commands.join('\n'), /GENERATE AC/)
    })

  it('another unpredictable number is another transaction', async () => {
    const recording = await recorded(inserted('mchip-like-contact'), { tap: true, testData: true })
    const terminal = recording.terminal && { ...recording.terminal, unpredictableNumber: '00000000' }
    const replayed = await replay({ ...recording, terminal }, clock)
    assert.equal(isSame(replayed), false)
    assert.match(replayed.unknown.join('\n'), /not in the recording: GENERATE AC/)
  })

  it('the recordings of the fixtures', async () => {
    for (const name of listRecordings()) {
      const recording = loadRecording(name)
      const replayed = await replay(recording, clock)
      if (recording.kind !== 'session')
        assert.deepEqual([name, replayed.unknown, replayed.missed], [name, [], []])
    }
  })

  it('no card is no recording', async () => {
    const hurried: Clock = { now: clock.now, after: (_, action) => systemClock.after(0, action) }
    assert.equal(
      await record(new LoopbackReader('Loopback', hurried), OPTIONS, { clock: hurried, random }),
      null,
    )
  })
})

it('recorded through pcscd, presented through pcscd, read the same', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tb-'))
  const [pcscd, host] = await Promise.all([
    startVirtualReaders({ readers: ['Tapbench'], directory }),
    CardHost.start(),
  ])
  const [virtual] = pcscd.readers
  const port = virtual?.port ?? assert.fail('a reader')
  const reader = new PcscReader({ name: virtual?.name ?? '', socket: pcscd.socket })
  try {
    const original = await host.insert({
      port,
      image: personaliseTestCard(loadCardProfile('mchip-like-contact')),
    })
    const recording = await recorded(reader, { testData: true })
    const seen = await survey(reader, systemClock)
    await original.remove()
    const copy = await host.insert({ port, recording })
    const again = await survey(reader, systemClock)
    assert.ok(seen.done && again.done)
    // The counter has moved by one for the second reading of the original.
    const [first, second] = [seen.value, again.value].map((apdus) => surveyText(reader.name, apdus))
    assert.equal(second, first?.replaceAll(/\(ATC\) {2}\w{4} {2}2\n/g, '(ATC)  0001  1\n'))
    assert.deepEqual((await copy.remove()).notes, [])
  } finally {
    reader.close()
    await host.close()
    await pcscd.close()
    await rm(directory, { recursive: true })
  }
})
