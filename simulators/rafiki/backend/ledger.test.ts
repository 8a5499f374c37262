import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { type Asset, Assets } from './assets.ts'
import { type Account, Ledger } from './ledger.ts'

const random = (length: number): Uint8Array => randomBytes(length)

function bench() {
  const clock = new ManualClock()
  const low: Account[] = []
  const ledger = new Ledger({ clock, random, onLow: (account) => low.push(account) })
  const assets = new Assets(random)
  const euro = assets.create({ code: 'EUR', scale: 2 }, 0)
  const dollar = assets.create({ code: 'USD', scale: 2 }, 0)
  return { clock, low, ledger, euro, dollar }
}

function account(asset: Asset, liquidityThreshold: bigint | null = null): Account {
  return { id: randomUUID(), asset, balance: 0n, credited: 0n, debited: 0n, liquidityThreshold }
}

const sums = ({ balance, credited, debited }: Account) => [balance, credited, debited]

test('what is refused', () => {
  const { ledger, euro } = bench()
  const payer = account(euro)
  const id = randomUUID()
  ledger.deposit({ id, account: payer, amount: 10n })
  const cases: [what: () => void, message: string][] = [
    [() => ledger.deposit({ id: 'x', account: payer, amount: 1n }), 'Invalid transfer id'],
    [() => ledger.deposit({ id: randomUUID(), account: payer, amount: 0n }), 'Invalid transfer amount'],
    [() => ledger.deposit({ id, account: payer, amount: 1n }), 'Transfer already exists'],
    [() => ledger.withdraw({ id, account: payer, amount: 1n }, 0n), 'Transfer already exists'],
    [
      () => ledger.withdraw({ id: randomUUID(), account: payer, amount: 11n }, 0n),
      'Insufficient transfer balance',
    ],
    [() => ledger.post('x'), 'Invalid transfer id'],
    [() => ledger.void(randomUUID()), 'Unknown transfer'],
    [() => ledger.post(id), 'Transfer already posted'],
  ]
  for (const [what, message] of cases) assert.throws(what, { message })
  assert.deepEqual(sums(payer), [10n, 10n, 0n])
})

test('a withdrawal in two phases: posted, voided, or over', () => {
  const { clock, ledger, euro } = bench()
  const payer = account(euro)
  ledger.deposit({ id: randomUUID(), account: payer, amount: 10n })
  const [posted, voided, expired] = [randomUUID(), randomUUID(), randomUUID()]
  ledger.withdraw({ id: posted, account: payer, amount: 4n }, 60n)
  assert.deepEqual(sums(payer), [6n, 10n, 0n])
  ledger.post(posted)
  assert.deepEqual(sums(payer), [6n, 10n, 4n])
  ledger.withdraw({ id: voided, account: payer, amount: 3n }, 60n)
  ledger.void(voided)
  assert.deepEqual(sums(payer), [6n, 10n, 4n])
  ledger.withdraw({ id: expired, account: payer, amount: 6n }, 60n)
  assert.equal(ledger.of(payer.id).debits.length, 2)
  clock.advance(60_000)
  assert.deepEqual(sums(payer), [6n, 10n, 4n])
  assert.throws(() => ledger.post(expired), { message: 'Transfer already expired' })
  assert.throws(() => ledger.post(voided), { message: 'Transfer already voided' })
  const { debits, credits } = ledger.of(payer.id)
  assert.deepEqual(
    [debits.map(({ amount, type, state }) => [amount, type, state]), credits.map(({ type }) => type)],
    [[[4n, 'WITHDRAWAL', 'POSTED']], ['DEPOSIT']],
  )
  assert.equal(clock.pending, 0)
})

test('currencies are crossed by the liquidity of their assets', () => {
  const { ledger, euro, dollar } = bench()
  const [payer, payee] = [account(euro), account(dollar)]
  ledger.deposit({ id: randomUUID(), account: payer, amount: 100n })
  const crossing = { from: payer, to: payee, source: 100n, destination: 110n }
  assert.equal(ledger.hold(crossing), 'InsufficientLiquidity')
  ledger.deposit({ id: randomUUID(), account: dollar, amount: 200n })
  const held = ledger.hold(crossing)
  assert.ok(typeof held === 'object')
  assert.deepEqual([payer.balance, dollar.balance, payee.balance], [0n, 90n, 0n])
  held.post()
  assert.deepEqual([euro.balance, dollar.balance, payee.balance], [100n, 90n, 110n])
  assert.deepEqual(
    [euro, dollar].map(({ id }) => ledger.of(id).credits.map(({ type, amount }) => [type, amount])),
    [[['TRANSFER', 100n]], [['DEPOSIT', 200n]]],
  )
  assert.equal(ledger.hold({ ...crossing, source: 1n }), 'InsufficientBalance')
})

test('the ASE is told of what has run low, each time', () => {
  const { ledger, low, euro } = bench()
  const [peer, payee] = [account(euro, 50n), account(euro)]
  ledger.deposit({ id: randomUUID(), account: peer, amount: 100n })
  for (const amount of [49n, 1n, 10n]) {
    const held = ledger.hold({ from: peer, to: payee, source: amount, destination: amount })
    assert.ok(typeof held === 'object')
    held.post()
  }
  assert.deepEqual(low, [peer, peer])
})

test('no money comes or goes: balances are what came less what went', () => {
  const step = fc.record({
    way: fc.constantFrom('deposit', 'withdraw', 'hold', 'release'),
    amount: fc.bigInt({ min: 1n, max: 100n }),
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const { ledger, euro } = bench()
      const [one, other] = [account(euro), account(euro)]
      let outside = 0n
      for (const { way, amount } of steps) {
        if (way === 'deposit') {
          ledger.deposit({ id: randomUUID(), account: one, amount })
          outside -= amount
        } else if (way === 'withdraw' && one.balance >= amount) {
          ledger.withdraw({ id: randomUUID(), account: one, amount }, 0n)
          outside += amount
        } else {
          const held = ledger.hold({ from: one, to: other, source: amount, destination: amount })
          if (typeof held === 'object') held[way === 'hold' ? 'post' : 'void']()
        }
      }
      assert.equal(one.balance + other.balance + outside, 0n)
      for (const { balance, credited, debited } of [one, other]) assert.equal(balance, credited - debited)
    }),
  )
})

test('of accounts that are forgotten no transfer is left, of the others every one', () => {
  const { ledger, euro } = bench()
  const [payer, other] = [account(euro), account(euro)]
  const ids = [payer, other].map((to) => {
    const id = randomUUID()
    ledger.deposit({ id, account: to, amount: 10n })
    return id
  })
  const crossing = ledger.hold({ from: payer, to: euro, source: 4n, destination: 4n })
  if (typeof crossing === 'string') throw new Error(`expected money on its way, got ${crossing}`)
  crossing.post()
  ledger.forget([payer.id])
  assert.deepEqual(ledger.of(payer.id), { debits: [], credits: [] })
  assert.deepEqual(ledger.of(euro.id), { debits: [], credits: [] })
  const settlement = ledger.of(`${euro.ledger}`).debits.map(({ id }) => id)
  assert.deepEqual(settlement, ids.slice(1))
  assert.deepEqual(
    ledger.of(other.id).credits.map(({ id }) => id),
    ids.slice(1),
  )
  assert.deepEqual([sums(euro)[0], payer.balance], [4n, 6n])
})
