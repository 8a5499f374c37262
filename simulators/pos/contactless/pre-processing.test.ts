import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { EntryPointLimits } from './configuration.ts'
import { type Indicators, preProcess } from './pre-processing.ts'

const LIMITS: EntryPointLimits = {
  statusCheck: false,
  zeroAmountAllowed: false,
  transactionLimit: 10000n,
  floorLimit: 2000n,
  terminalFloorLimit: null,
  cvmRequiredLimit: 5000n,
  ttq: fromHex('36C04000'),
}

const CASES: readonly [
  title: string,
  amount: bigint,
  changes: Partial<EntryPointLimits>,
  indicators: (keyof Indicators)[],
  ttq: string,
][] = [
  ['nothing to note clears what the configuration asks for', 1000n, {}, [], '36004000'],
  ['the floor limit itself is not exceeded', 2000n, {}, [], '36004000'],
  ['one above the floor limit asks for an online cryptogram', 2001n, {}, ['floorLimitExceeded'], '36804000'],
  [
    'the terminal floor limit counts when the reader has none',
    2001n,
    { floorLimit: null, terminalFloorLimit: 2000n },
    ['floorLimitExceeded'],
    '36804000',
  ],
  [
    'the reader floor limit goes before that of the terminal',
    2001n,
    { floorLimit: 3000n, terminalFloorLimit: 1n },
    [],
    '36004000',
  ],
  [
    'reaching the CVM required limit is exceeding it',
    5000n,
    { floorLimit: null },
    ['cvmRequiredLimitExceeded'],
    '36404000',
  ],
  ['one below the CVM required limit is not', 4999n, { floorLimit: null }, [], '36004000'],
  [
    'reaching the transaction limit forbids contactless',
    10000n,
    { floorLimit: null, cvmRequiredLimit: null },
    ['contactlessNotAllowed'],
    '36004000',
  ],
  [
    'one below the transaction limit does not',
    9999n,
    { floorLimit: null, cvmRequiredLimit: null },
    [],
    '36004000',
  ],
  ['zero is not allowed unless configured', 0n, {}, ['contactlessNotAllowed'], '36004000'],
  ['zero that is allowed goes online', 0n, { zeroAmountAllowed: true }, ['zeroAmount'], '36804000'],
  [
    'zero cannot go online on an offline-only reader',
    0n,
    { zeroAmountAllowed: true, ttq: fromHex('3E004000') },
    ['zeroAmount', 'contactlessNotAllowed'],
    '3E804000',
  ],
  ['one unit is a status check', 100n, { statusCheck: true }, ['statusCheckRequested'], '36804000'],
  ['one unit is none unless configured', 100n, {}, [], '36004000'],
  ['one cent is no unit', 1n, { statusCheck: true }, [], '36004000'],
]

for (const [title, amount, changes, expected, ttq] of CASES) {
  test(`pre-processing: ${title}`, () => {
    const { indicators } = preProcess({ ...LIMITS, ...changes }, amount, 2)
    const { ttq: made, ...flags } = indicators
    const set = Object.entries(flags).flatMap(([name, on]) => (on ? [name] : []))
    assert.deepEqual(set.sort(), [...expected].sort())
    assert.equal(made && toHex(made), ttq)
  })
}

test('a kernel without TTQ gets none', () => {
  assert.equal(preProcess({ ...LIMITS, ttq: null }, 1n, 2).indicators.ttq, null)
})

test('one unit of a currency without decimals is 1', () => {
  assert.equal(preProcess({ ...LIMITS, statusCheck: true }, 1n, 0).indicators.statusCheckRequested, true)
})
