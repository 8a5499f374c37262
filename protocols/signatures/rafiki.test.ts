import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, it } from 'node:test'
import { signRafiki, verifyRafiki } from './rafiki.ts'

const SECRET = { secret: 'iyIgCprjb9uL8wFckR+pLEkJWMB7FJhgkvqhTQR/964=', version: 1 }
const NOW = 1_763_700_000_123

/** Bodies with the canonical text (RFC 8785) that the digest is made over, written by hand. */
const VECTORS: [unknown, string][] = [
  [{ b: 1, a: 'x' }, '{"a":"x","b":1}'],
  [{ data: { z: null, y: [3, 1] }, id: 'w' }, '{"data":{"y":[3,1],"z":null},"id":"w"}'],
  [{ amount: 1e21, small: 1e-7, int: 10.0 }, '{"amount":1e+21,"int":10,"small":1e-7}'],
  [{ '\u20ac': 'euro', '\r': 'cr', '1': 'one' }, '{"\\r":"cr","1":"one","\u20ac":"euro"}'],
  [{ text: 'é "quoted" \u000f' }, '{"text":"é \\"quoted\\" \\u000f"}'],
  [{ variables: { input: undefined }, query: 'q' }, '{"query":"q","variables":{}}'],
]

function headerOver(canonical: string, version = 1): string {
  const digest = createHmac('sha256', SECRET.secret).update(`${NOW}.${canonical}`).digest('hex')
  return `t=${NOW}, v${version}=${digest}`
}

describe('Rafiki signatures', () => {
  for (const [body, canonical] of VECTORS) {
    it(`signs ${canonical} in canonical form`, () => {
      assert.equal(signRafiki(body, SECRET, NOW), headerOver(canonical))
      const verdict = verifyRafiki(JSON.parse(JSON.stringify(body)), headerOver(canonical), SECRET)
      assert.ok(verdict.valid)
      assert.equal(verdict.timestamp, NOW)
    })
  }

  const body = { id: '1', type: 'outgoing_payment.created', data: { debitAmount: '1250' } }
  const header = signRafiki(body, SECRET, NOW)

  it('does not depend on the order of members', () => {
    const shuffled = { data: { debitAmount: '1250' }, type: 'outgoing_payment.created', id: '1' }
    assert.equal(signRafiki(shuffled, SECRET, NOW), header)
  })

  const digest = header.slice(-64)
  const refused: [string, unknown, string | undefined, string][] = [
    ['no header', body, undefined, 'missing'],
    ['an empty header', body, '', 'missing'],
    ['another body', { ...body, id: '2' }, header, 'digest'],
    ['a member more', { ...body, extra: null }, header, 'digest'],
    ['another time', body, header.replace(`t=${NOW}`, `t=${NOW + 1}`), 'digest'],
    ['another digest', body, header.replace(digest, `${digest.slice(1)}0`), 'digest'],
    ['a digest of another secret', body, signRafiki(body, { ...SECRET, secret: 'other' }, NOW), 'digest'],
    ['another version', body, header.replace('v1', 'v2'), 'version'],
    ['no time', body, `v1=${digest}`, 'malformed'],
    ['no digest', body, `t=${NOW}, v1=`, 'malformed'],
    ['upper-case digest', body, header.replace(digest, digest.toUpperCase()), 'malformed'],
    ['a short digest', body, header.slice(0, -2), 'malformed'],
    ['a second digest', body, `${header}, v1=${digest}`, 'malformed'],
    ['a negative time', body, header.replace('t=', 't=-'), 'malformed'],
    ['a time beyond numbers', body, header.replace(`t=${NOW}`, 't=99999999999999999999'), 'malformed'],
    ['parts in another order', body, `v1=${digest}, t=${NOW}`, 'malformed'],
  ]
  for (const [name, given, value, reason] of refused) {
    it(`refuses ${name}: ${reason}`, () => {
      assert.deepEqual(verifyRafiki(given, value, SECRET), { valid: false, reason })
    })
  }

  it('takes the header without a blank after the comma', () => {
    assert.ok(verifyRafiki(body, header.replace(', ', ','), SECRET).valid)
  })
})
