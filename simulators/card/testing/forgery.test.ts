import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { genuineCommands, isForgery } from './forgery.ts'

const SENT = '841E000008A1A2A3A4A5A6A7A8'
const genuine = genuineCommands(['00B2010C00', SENT].map(fromHex))

for (const [what, forged, command, answer] of [
  ['a script that the issuer sent', false, SENT, '9000'],
  ['the same with Le', false, `${SENT}00`, '9000'],
  ['another script that was taken', true, '841E000008A1A2A3A4A5A6A7A9', '9000'],
  ['another script that was refused', false, '841E000008A1A2A3A4A5A6A7A9', '6988'],
  ['another issuer authentication', true, '0082000008A1A2A3A4A5A6A7A8', '9000'],
  ['any other command', false, '00B2020C00', '9000'],
] as const)
  test(`${what} is ${forged ? 'a' : 'no'} forgery`, () => {
    assert.equal(isForgery({ command: fromHex(command), answer: fromHex(answer) }, genuine), forged)
  })
