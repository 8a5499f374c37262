import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HsmError } from '../../hardware/hsm/error.ts'
import { ReaderError } from '../../hardware/pcsc/reader.ts'
import { CardProfileError } from '../../simulators/card/profile.ts'
import { TerminalProfileError } from '../../simulators/pos/profile.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import { exitCodeOf } from './exit.ts'

const CODES: [error: unknown, code: number][] = [
  [new ConfigurationError('bench profile'), 2],
  [new CardProfileError('card profile'), 2],
  [new TerminalProfileError('terminal profile'), 2],
  [new HsmError('MODULE_NOT_FOUND', 'no module'), 3],
  [new ReaderError('no reader'), 3],
  [new Error('something else'), 3],
  ['a text', 3],
]

for (const [error, code] of CODES)
  test(`${error instanceof Error ? error.name : typeof error} exits with ${code}`, () =>
    assert.equal(exitCodeOf(error), code))
