import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import { decodedText } from './decode.ts'

describe('tapbench decode', () => {
  const printed: [string, string, string | undefined, string][] = [
    [
      'what it was told',
      '8000800800',
      'tvr',
      '95 Terminal Verification Results  8000800800\n' +
        '  byte 1 bit 8  offline data authentication was not performed\n' +
        '  byte 3 bit 8  cardholder verification was not successful\n' +
        '  byte 4 bit 4  merchant forced transaction online\n',
    ],
    [
      'what it took it for',
      '6A82',
      undefined,
      'taken for sw; could also be aip, tsi, auc, ctq (say which with --as)\nstatus word  6A82  6A82 file not found\n',
    ],
    [
      'digits as other programs write them',
      '0x5A, 08\n47:61:73:90-01010010',
      'tlv',
      '5A Application Primary Account Number (PAN)  47617390****0010\n',
    ],
  ]
  for (const [name, hex, as, text] of printed) it(name, () => assert.equal(decodedText(hex, as, false), text))

  it('as JSON', () =>
    assert.deepEqual(JSON.parse(decodedText('9000', 'sw', true)), {
      as: 'sw',
      guessed: false,
      alternatives: [],
      lines: [{ depth: 0, name: 'status word', hex: '9000', meaning: '9000 normal processing' }],
    }))

  const refused: [string, string, string | undefined, RegExp][] = [
    [
      'no hexadecimal',
      '4761739001010010zz',
      undefined,
      /^expected pairs of hexadecimal digits, got something else$/,
    ],
    ['nothing', '', undefined, /^expected hexadecimal digits, got none$/],
    ['another kind', '9000', 'pin', /^expected --as to be one of apdu, .*, got pin$/],
    ['bytes that are not of the kind', '9000', 'tvr', /^expected tvr to be 5 bytes, got 2/],
  ]
  for (const [name, hex, as, message] of refused)
    it(`refuses ${name}`, () =>
      assert.throws(
        () => decodedText(hex, as, false),
        (error) => error instanceof ConfigurationError && message.test(error.message),
      ))
})
