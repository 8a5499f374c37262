import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import {
  judgeRelayResistance,
  parseRelayResistanceData,
  type RelayResistanceVerdict,
} from './relay-resistance.ts'

/** 5 ms to 10 ms of processing, 2.4 ms on air. */
const CARD = { deviceEntropy: fromHex('A1A2A3A4'), minimumTime: 50, maximumTime: 100, transmissionTime: 24 }
const LIMITS = {
  minimumGrace: 20,
  maximumGrace: 50,
  commandTime: 18,
  responseTime: 24,
  accuracyThreshold: 90,
  mismatchPercent: 50,
}
/** What is on air: 18 + min(24, 24). */
const ON_AIR = 42

const CASES: readonly [title: string, processing: number, verdict: Partial<RelayResistanceVerdict>][] = [
  ['within its times', 60, {}],
  ['as fast as the grace period lets it', 30, {}],
  ['faster than the grace period lets it', 29, { tooFast: true }],
  ['as slow as the grace period lets it, beyond the accuracy threshold', 150, { thresholdExceeded: true }],
  ['slower than the grace period lets it', 151, { tooSlow: true, thresholdExceeded: true }],
  ['as far from its minimum as the threshold lets it', 140, {}],
  ['farther from its minimum', 141, { thresholdExceeded: true }],
]

for (const [title, processing, expected] of CASES) {
  test(`relay resistance: a card that is ${title}`, () => {
    const verdict = judgeRelayResistance(CARD, LIMITS, (processing + ON_AIR) * 100)
    const none = { tooFast: false, tooSlow: false, thresholdExceeded: false }
    assert.deepEqual(verdict, { ...none, processingTime: processing, ...expected })
  })
}

test('a part of a unit does not count', () => {
  assert.equal(judgeRelayResistance(CARD, LIMITS, (60 + ON_AIR) * 100 + 99).processingTime, 60)
})

test('an answer within the time on air took no processing', () => {
  assert.equal(judgeRelayResistance(CARD, LIMITS, 100).processingTime, 0)
})

const MISMATCHES: readonly [device: number, terminal: number, exceeded: boolean][] = [
  [12, 24, false],
  [11, 24, true],
  [24, 12, false],
  [25, 12, true],
  [0, 24, false],
  [24, 0, false],
]
for (const [device, terminal, exceeded] of MISMATCHES) {
  test(`transmission times of ${device} and ${terminal} ${exceeded ? 'do not fit' : 'fit'}`, () => {
    const took = (60 + LIMITS.commandTime + Math.min(device, terminal)) * 100
    const card = { ...CARD, transmissionTime: device }
    const verdict = judgeRelayResistance(card, { ...LIMITS, responseTime: terminal }, took)
    assert.equal(verdict.thresholdExceeded, exceeded)
  })
}

test('template 80 of the exchange', () => {
  const read = parseRelayResistanceData(fromHex('A1A2A3A4003200640018'))
  assert.equal(read && toHex(read.deviceEntropy), 'A1A2A3A4')
  assert.deepEqual(read && { ...read, deviceEntropy: CARD.deviceEntropy }, CARD)
  assert.equal(parseRelayResistanceData(fromHex('A1A2A3A40032006400')), null)
})
