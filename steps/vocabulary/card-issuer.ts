import assert from 'node:assert/strict'
import { type DataTable, Then, When } from '@cucumber/cucumber'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { cvc3, ivCvc3 } from '../../protocols/emv/cryptograms/dynamic-values.ts'
import { parseIad } from '../../protocols/emv/cryptograms/iad.ts'
import { describeCvr } from '../../protocols/emv/cvr.ts'
import type { CardDesk } from '../card/card-desk.ts'
import { type HeardCryptogram, primitives } from '../card/hearing.ts'
import {
  authenticationData,
  checkCryptogram,
  familyNameOf,
  familyOf,
  masterKey,
  type Verdict,
} from '../card/issuer-side.ts'
import { must } from '../card/matching.ts'
import { MAG_STRIPE_NUMBER } from '../card/told.ts'
import type { TapWorld } from '../world.ts'

/** Bits 8 and 7 of the Cryptogram Information Data, EMV 4.4 Book 3, table 15. */
const TYPES: Readonly<Record<string, number>> = { AAC: 0x00, TC: 0x40, ARQC: 0x80 }
const TYPE_BITS = 0xc0

When(/^the card's issuer (approves|declines)$/, function (this: TapWorld, verdict: Verdict) {
  say(
    this.cardDesk,
    toHex(authenticationData(this.cardDesk, verdict)),
    verdict === 'approves' ? '3030' : '3035',
  )
})

When("the card's issuer answers with the Card Status Update {word}", function (this: TapWorld, csu: string) {
  say(this.cardDesk, toHex(authenticationData(this.cardDesk, 'approves', csu)), '3030')
})

When('somebody else answers for the issuer', function (this: TapWorld) {
  say(this.cardDesk, toHex(authenticationData(this.cardDesk, 'approves')), '3030')
  alter(this.cardDesk)
})

When('the answer is altered on its way', function (this: TapWorld) {
  alter(this.cardDesk)
})

When('the terminal cannot reach the issuer', function (this: TapWorld) {
  // Authorisation Response Code Y3, EMV 4.4 Book 4, Annex A6; no issuer, no authentication data.
  withoutProof(this.cardDesk, '5933')
})

When('the issuer answers without proof', function (this: TapWorld) {
  withoutProof(this.cardDesk, '3030')
})

Then(/^the cryptogram is an? (AAC|TC|ARQC)$/, function (this: TapWorld, type: string) {
  assert.equal((lastOf(this.cardDesk).cid[0] ?? 0) & TYPE_BITS, TYPES[type])
})

Then('the transaction counter is {int}', function (this: TapWorld, atc: number) {
  assert.equal(Buffer.from(lastOf(this.cardDesk).atc).readUInt16BE(), atc)
})

Then('the issuer finds the cryptogram right', function (this: TapWorld) {
  assert.deepEqual(checkCryptogram(this.cardDesk, lastOf(this.cardDesk)), { ok: true })
})

Then('the issuer finds the cryptogram wrong', function (this: TapWorld) {
  assert.equal(checkCryptogram(this.cardDesk, lastOf(this.cardDesk)).ok, false)
})

Then('the issuer would find it wrong with:', function (this: TapWorld, table: DataTable) {
  for (const { tag = '', value = '' } of table.hashes())
    assert.equal(checkCryptogram(this.cardDesk, lastOf(this.cardDesk), { [tag]: value }).ok, false, tag)
})

Then('the card verification results say:', function (this: TapWorld, table: DataTable) {
  const said = verificationResults(this.cardDesk)
  for (const [words = ''] of table.raw()) must(said.includes(words), words, said.join(', '))
})

Then('the card verification results do not say {string}', function (this: TapWorld, words: string) {
  const said = verificationResults(this.cardDesk)
  must(!said.includes(words), `not ${words}`, said.join(', '))
})

Then(
  'the issuer application data are of {int} bytes and begin with {string}',
  function (this: TapWorld, length: number, start: string) {
    const iad = toHex(lastOf(this.cardDesk).iad)
    assert.deepEqual([iad.length / 2, iad.slice(0, start.length)], [length, start])
  },
)

Then('the issuer finds the CVC3 of both tracks right', function (this: TapWorld) {
  const { hearing, response } = this.cardDesk
  const [key, number] = [masterKey(this.cardDesk, 'cvc3'), fromHex(MAG_STRIPE_NUMBER)]
  const answered = new Map(primitives(response.data).map(({ tag, value }) => [tag, value]))
  const atc = answered.get('9F36') ?? new Uint8Array()
  for (const [code, track] of [
    ['9F60', '56'],
    ['9F61', '9F6B'],
  ] as const) {
    const iv = ivCvc3(key, hearing.values.get(track) ?? new Uint8Array())
    assert.equal(toHex(answered.get(code) ?? new Uint8Array()), toHex(cvc3(key, iv, number, atc)), code)
  }
})

/** The last cryptogram of the transaction. */
function lastOf({ hearing }: CardDesk): HeardCryptogram {
  const last = hearing.second ?? hearing.first
  if (last === null)
    throw new Error('expected the card to have made a cryptogram: let the terminal ask for one')
  return last
}

/** What the terminal brings to the card: 91 and the Authorisation Response Code, 8A. */
function say(desk: CardDesk, issuerData: string, responseCode: string): void {
  desk.told.set('91', issuerData)
  desk.told.set('8A', responseCode)
}

function withoutProof({ told }: CardDesk, responseCode: string): void {
  told.delete('91')
  told.set('8A', responseCode)
}

/** One bit of the ARPC. */
function alter({ told }: CardDesk): void {
  const [first = 0, ...rest] = fromHex(told.get('91') ?? '')
  told.set('91', toHex(Uint8Array.of(first ^ 0x01, ...rest)))
}

function verificationResults(desk: CardDesk): string[] {
  const cvr = parseIad(familyOf(desk).iad, lastOf(desk).iad)?.cvr
  const said = cvr === undefined ? null : describeCvr(familyNameOf(desk), cvr)
  if (said === null)
    throw new Error('expected issuer application data with published card verification results')
  return said
}
