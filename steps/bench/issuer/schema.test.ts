import assert from 'node:assert/strict'
import { test } from 'node:test'
import { customerAseSchema } from './schema.ts'

const KEY = '000102030405060708090A0B0C0D0E0F'
const schema = customerAseSchema({ KEY, SHORT: KEY.slice(2) })
const CARDS = { records: 'records', transportKeyVariable: 'KEY' }
const ISSUER = {
  socket: 'external',
  webhookUrl: 'https://issuer.example/webhooks',
  ratesUrl: 'https://issuer.example/rates',
}

test('an issuer with cards: the key comes from the variable', () => {
  assert.deepEqual(schema.parse({ ...ISSUER, cards: CARDS }), {
    ...ISSUER,
    decisionsUrl: null,
    cards: { records: 'records', transportKey: KEY },
  })
})

test('an issuer whose cards are in a reader, which tells nothing of its decisions', () => {
  assert.deepEqual(schema.parse(ISSUER), { ...ISSUER, decisionsUrl: null, cards: null })
})

const WRONG: [what: string, change: object, path: string, says: RegExp][] = [
  ['socket', { socket: 'real' }, 'socket', /expected "simulated" or "external", got "real"/],
  ['URL', { webhookUrl: 'issuer.example:443' }, 'webhookUrl', /expected http:\/\/… or https:\/\/…/],
  ['no URL of rates', { ratesUrl: undefined }, 'ratesUrl', /expected/],
  ['decisions', { decisionsUrl: 'yes' }, 'decisionsUrl', /expected http/],
  [
    'variable without a key',
    { cards: { ...CARDS, transportKeyVariable: 'NOTHING' } },
    'cards.transportKeyVariable',
    /expected an environment variable that holds 16 bytes in hexadecimal/,
  ],
  [
    'key of 15 bytes',
    { cards: { ...CARDS, transportKeyVariable: 'SHORT' } },
    'cards.transportKeyVariable',
    /holds 16 bytes/,
  ],
  ['key in the profile', { cards: { ...CARDS, transportKey: KEY } }, 'cards', /transportKey/],
]

for (const [what, change, path, says] of WRONG)
  test(`wrong ${what}: the key of the profile is named, the secret is not`, () => {
    const { error } = schema.safeParse({ ...ISSUER, ...change })
    const [issue] = error?.issues ?? []
    assert.equal(issue?.path.join('.'), path)
    assert.match(issue?.message ?? '', says)
    assert.ok(!JSON.stringify(error?.issues).includes(KEY.slice(2)))
  })
