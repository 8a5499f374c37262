import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadProfile, type Profile } from './bench/profile.ts'
import { unserved } from './requirements.ts'

const embedded = loadProfile('simulator')
// What it says of the instances does not matter here.
const external = { ...embedded, rafiki: { socket: 'external' } } as unknown as Profile

const CASES: [tags: string[], profile: Profile, reason: RegExp | null][] = [
  [[], external, null],
  [['@payment', '@faults'], external, null],
  [['@payment', '@requires:embedded-rafiki'], embedded, null],
  [['@payment', '@requires:embedded-rafiki'], external, /needs rafiki\.socket embedded$/],
  [['@requires:several-currencies'], embedded, null],
  [['@requires:several-currencies'], { ...embedded, currencies: ['EUR'] }, /needs EUR, JPY and KWD/],
  [['@requires:several-currencies', '@requires:embedded-rafiki'], external, /needs rafiki\.socket embedded$/],
]

for (const [tags, profile, reason] of CASES)
  test(`${tags.join(' ') || 'no tags'}, rafiki ${profile.rafiki.socket}, ${profile.currencies}`, () => {
    const lack = unserved(tags, profile)
    if (reason === null) assert.equal(lack, null)
    else assert.match(lack ?? '', reason)
  })

test('a requirement that nobody knows is an error, not a pass', () => {
  assert.throws(() => unserved(['@requires:embeded-rafiki'], embedded), {
    message:
      'expected one of @requires:embedded-rafiki, @requires:controlled-merchant-ase, @requires:several-currencies, @requires:nss, got the tag @requires:embeded-rafiki',
  })
})
