import assert from 'node:assert/strict'
import { Then, When } from '@cucumber/cucumber'
import { parseCommand } from '../../protocols/apdu/command.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import type { Checked } from '../../protocols/emv/oda/reasons.ts'
import type { CardDesk } from '../card/card-desk.ts'
import { authorityKeys, Proof } from '../card/proof.ts'
import { TERMINAL_ENTROPY } from '../card/told.ts'
import { textsFor } from '../emv/unsigned.ts'
import type { TapWorld } from '../world.ts'

const INTERNAL_AUTHENTICATE = 0x88

type Proved = (proof: Proof, desk: CardDesk) => Checked<object>

/** What a terminal can prove of a card, by its name in feature files. */
const PROOFS: Readonly<Record<string, Proved>> = {
  "the issuer's certificate": (proof) => proof.issuer(),
  "the card's certificate": (proof) => proof.card(),
  'the certificate for the PIN': (proof) => proof.pin(),
  'the signed static data': (proof) => proof.staticData(),
  'the dynamic signature': (proof, desk) => dynamicData(proof, desk),
  'the combined signature': (proof, desk) => combinedData(proof, desk),
}

const BITS: Readonly<Record<string, (proof: Proof) => ReturnType<Proof['issuer']>>> = {
  issuer: (proof) => proof.issuer(),
  card: (proof) => proof.card(),
  PIN: (proof) => proof.pin(),
}

When('somebody changes what the terminal has sent', function (this: TapWorld) {
  const { first } = this.cardDesk.hearing
  if (first === null) throw new Error('expected a GENERATE AC before this step')
  first.sent = first.sent.map((byte, index) => (index === 0 ? byte ^ 0x01 : byte))
})

Then(/^the terminal proves (the .+)$/, async function (this: TapWorld, what: string) {
  proved(await check(this.cardDesk, what))
})

Then(
  /^the terminal cannot prove (the .+), because (.+)$/,
  async function (this: TapWorld, what: string, text: string) {
    const checked = await check(this.cardDesk, what)
    const found = checked.ok ? 'proved' : checked.text
    assert.ok(textsFor(text).includes(found), `expected ${text}, got ${found}`)
  },
)

Then(
  /^the key of the (issuer|card|PIN) has (\d+) bits$/,
  async function (this: TapWorld, whose: string, bits: string) {
    const { key } = proved((BITS[whose] ?? assert.fail(whose))(await proofOf(this.cardDesk)))
    assert.equal(key.modulus.length * 8, Number(bits))
  },
)

Then('other static data would not be proved', async function (this: TapWorld) {
  assert.equal((await proofOf(this.cardDesk)).staticData(true).ok, false)
})

Then('the signature holds the relay resistance data of the last exchange', async function (this: TapWorld) {
  const { further } = proved(combinedData(await proofOf(this.cardDesk), this.cardDesk))
  const { relay } = this.cardDesk.hearing
  assert.equal(toHex(further), `${TERMINAL_ENTROPY}${toHex(relay ?? assert.fail('no exchange before'))}`)
})

async function check(desk: CardDesk, what: string): Promise<Checked<object>> {
  const proof = PROOFS[what]
  if (proof === undefined) throw new Error(`expected one of ${Object.keys(PROOFS).join(', ')}, got "${what}"`)
  return proof(await proofOf(desk), desk)
}

async function proofOf(desk: CardDesk): Promise<Proof> {
  return new Proof(desk, await authorityKeys())
}

function dynamicData(proof: Proof, desk: CardDesk): Checked<object> {
  const { command, data } = desk.lastGood(INTERNAL_AUTHENTICATE)
  return proof.dynamicData(data, parseCommand(command).data ?? new Uint8Array())
}

/** Proves the last GENERATE AC; the cryptogram that was inside is then known. */
function combinedData(proof: Proof, { hearing }: CardDesk): ReturnType<Proof['combinedData']> {
  const { first, second } = hearing
  const last = second ?? first ?? assert.fail('expected a GENERATE AC before')
  const checked = proof.combinedData(last, second === null ? null : first)
  if (checked.ok) last.cryptogram = checked.cryptogram
  return checked
}

function proved<Value>(checked: Checked<Value>): { ok: true } & Value {
  return checked.ok ? checked : assert.fail(`${checked.section}: ${checked.text}`)
}
