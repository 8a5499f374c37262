import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apduRow } from './apdu.ts'

type Case = [
  name: string,
  command: string,
  response: string | null,
  expected: Partial<ReturnType<typeof apduRow>>,
]

const CASES: Case[] = [
  [
    'a selection is told by what it selects',
    '00A404000E325041592E5359532E444446303100',
    '6A82',
    { what: 'SELECT 2PAY.SYS.DDF01', result: '6A82 file not found', mood: 'bad', gist: [] },
  ],
  [
    'a record is told by its place, and shows what is known of it',
    '00B2010C00',
    '70225A0899999901****56785F24032812315F3401018C0C9F36029F02065F2A025F36019000',
    {
      what: 'READ RECORD SFI 1, record 1',
      result: '9000',
      mood: 'good',
      gist: ['PAN 99999901****5678', 'expires 2028-12-31'],
    },
  ],
  [
    'an answer that never came says why',
    '80A8000002830000',
    null,
    { what: 'GET PROCESSING OPTIONS', result: 'card left', mood: 'bad' },
  ],
  [
    'an answer that breaks TLV is shown as it is',
    '00B2010C00',
    '70FF9000',
    { result: 'response that cannot be read', mood: 'bad', gist: [] },
  ],
  ['bytes that are no command are shown all the same', '00', '', { mood: 'bad' }],
]

for (const [name, command, response, expected] of CASES)
  test(`APDU row: ${name}`, () => {
    const error = response === null ? { error: 'card left' } : {}
    const row = apduRow({ kind: 'apdu', reader: 'r', command, response, us: 1, ...error })
    for (const [member, value] of Object.entries(expected))
      assert.deepEqual(row[member as keyof typeof row], value)
    const raw = row.details.map((detail) => 'raw' in detail && detail.raw)
    assert.deepEqual(raw, response === null ? [command] : [command, response])
  })
