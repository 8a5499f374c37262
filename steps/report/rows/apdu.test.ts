import assert from 'node:assert/strict'
import { test } from 'node:test'
import { apduRow } from './apdu.ts'
import { CardLists } from './card-lists.ts'

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
    const row = apduRow({ kind: 'apdu', reader: 'r', command, response, us: 1, ...error }, new CardLists())
    for (const [member, value] of Object.entries(expected))
      assert.deepEqual(row[member as keyof typeof row], value)
    const raw = row.details.map((detail) => 'raw' in detail && detail.raw)
    assert.deepEqual(raw, response === null ? [command] : [command, response])
  })

test('the data of a command is named by the list that the card gave', () => {
  const lists = new CardLists()
  const row = (command: string, response: string) =>
    apduRow({ kind: 'apdu', reader: 'r', command, response, us: 1 }, lists)
  const selectWithPdol = () => row('00A4040007A000000004101000', '6F0AA5089F38055F2A029A039000')
  selectWithPdol()
  assert.ok(row('80A80000078305097825110100', '9000').gist.includes('currency EUR'))
  row('00B2010C00', '700D8C069F02069F37048D039F37049000')
  assert.deepEqual(row('80AE80000A0000000012500102030400', '9000').gist, ['amount 1250', 'UN 01020304'])
  assert.deepEqual(row('80AE4000040506070800', '9000').gist, ['UN 05060708'])
  assert.deepEqual(row('80AE4000040506070800', '9000').gist, [], 'there is no third')
  row('00A4040007A000000004101000', '6A82')
  assert.deepEqual(row('80A80000078305097825110100', '9000').gist, [], 'another application, another list')
})
