import assert from 'node:assert/strict'
import { test } from 'node:test'
import { loadProfile, type Profile } from './bench/profile.ts'
import { type Bearings, unserved } from './requirements.ts'

const embedded = benchOf({})
// What it says of the instances does not matter here.
const external = benchOf({ rafiki: { socket: 'external' } as Profile['rafiki'] })
const docker = benchOf({ rafiki: { socket: 'docker' } as Profile['rafiki'] })

function benchOf(change: Partial<Profile>): Bearings {
  return { profile: { ...loadProfile('simulator'), ...change }, cardAlgorithms: ['aes-128', 'ec-p256'] }
}

function outside(decisionsUrl: string | null): Bearings {
  const urls = { webhookUrl: 'https://issuer.example/webhooks', ratesUrl: 'https://issuer.example/rates' }
  return {
    ...benchOf({ customerAse: { socket: 'external', ...urls, decisionsUrl, cards: null } }),
    cardAlgorithms: ['aes-128'],
  }
}

const CASES: [tags: string[], bench: Bearings, reason: RegExp | null][] = [
  [[], external, null],
  [['@payment', '@faults'], external, null],
  [['@payment', '@requires:embedded-rafiki'], embedded, null],
  [['@payment', '@requires:embedded-rafiki'], external, /needs rafiki\.socket embedded$/],
  [['@requires:rafiki-services'], embedded, null],
  [['@requires:rafiki-services'], docker, null],
  [['@requires:rafiki-services'], external, /needs rafiki\.socket embedded or docker$/],
  [['@waits'], external, null],
  [['@requires:several-currencies'], embedded, null],
  [['@requires:several-currencies'], benchOf({ currencies: ['EUR'] }), /needs EUR, JPY and KWD/],
  [['@requires:several-currencies', '@requires:embedded-rafiki'], external, /needs rafiki\.socket embedded$/],
  [['@requires:controlled-customer-ase'], external, null],
  [['@requires:controlled-customer-ase'], outside(null), /needs customerAse\.socket simulated$/],
  [['@requires:card-decisions'], external, null],
  [['@requires:card-decisions'], outside('https://issuer.example/decisions'), null],
  [['@requires:card-decisions'], outside(null), /needs customerAse\.decisionsUrl$/],
  [['@requires:aes-128-card'], outside(null), null],
  [['@requires:ec-p256-card'], outside(null), /key of ec-p256: needs one in customerAse\.cards\.records$/],
]

for (const [tags, bench, reason] of CASES) {
  const { rafiki, customerAse, currencies } = bench.profile
  const sockets = `rafiki ${rafiki.socket}, customer ASE ${JSON.stringify(customerAse)}, ${currencies}`
  test(`${tags.join(' ') || 'no tags'}, ${sockets}`, () => {
    const lack = unserved(tags, bench)
    if (reason === null) assert.equal(lack, null)
    else assert.match(lack ?? '', reason)
  })
}

test('a requirement that nobody knows is an error, not a pass', () => {
  assert.throws(() => unserved(['@requires:embeded-rafiki'], embedded), {
    message:
      'expected one of @requires:embedded-rafiki, @requires:rafiki-services, @requires:controlled-merchant-ase, @requires:controlled-customer-ase, @requires:card-decisions, @requires:aes-128-card, @requires:ec-p256-card, @requires:several-currencies, @requires:nss, @requires:opencryptoki, got the tag @requires:embeded-rafiki',
  })
})
