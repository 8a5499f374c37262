import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../bytes/bytes.ts'
import { describeScriptResult } from './script-result.ts'

const CASES: [hex: string, words: string | null][] = [
  ['0000000000', 'script 00000000: not performed'],
  ['1000000001', 'script 00000001: failed'],
  ['1300000001', 'script 00000001: failed at command 3'],
  ['1F00000001', 'script 00000001: failed at command 15 or later'],
  ['20A1A2A3A4', 'script A1A2A3A4: successful'],
  ['7000000000', 'script 00000000: reserved outcome 7'],
  ['20000000', null],
  ['', null],
]

for (const [hex, words] of CASES)
  test(`Issuer Script Results ${hex || 'without bytes'}`, () => {
    assert.equal(describeScriptResult(fromHex(hex)), words)
  })
