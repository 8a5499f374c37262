import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { ContactlessEnd } from '../../protocols/journal/journal.ts'
import type { Faults } from '../../simulators/card/faults.ts'
import type { Money } from '../bench/money.ts'
import { inCombinations, inContactless, withEntryPoint, withKernel2 } from '../emv/contactless-settings.ts'
import { stopwatch } from '../emv/stopwatch.ts'
import { expectedDigits, sentDigits, type TrackNumber } from '../emv/stripe-code.ts'
import type { OnlineMessage } from '../emv/test-issuer.ts'
import type { TapWorld } from '../world.ts'

const INSTRUCTIONS: Readonly<Record<string, string>> = {
  'GET PROCESSING OPTIONS': 'A8',
  'EXCHANGE RELAY RESISTANCE DATA': 'EA',
  'READ RECORD': 'B2',
  'COMPUTE CRYPTOGRAPHIC CHECKSUM': '2A',
  'GENERATE AC': 'AE',
}

/** Rows of a name of Book A, 5.2, and its value. */
Given('Entry Point has:', function (this: TapWorld, table: DataTable) {
  this.terminalDesk.terminal = withEntryPoint(this.terminalDesk.terminal, table.rowsHash())
})

/** Rows of a name of Book C-2, Annex A, and its value. */
Given('kernel 2 has:', function (this: TapWorld, table: DataTable) {
  this.terminalDesk.terminal = withKernel2(this.terminalDesk.terminal, table.rowsHash())
})

Given(/^(a|no) contact reader stands beside it$/, function (this: TapWorld, word: string) {
  this.terminalDesk.terminal = inContactless(this.terminalDesk.terminal, (contactless) => ({
    ...contactless,
    otherInterface: word === 'a',
  }))
})

/** Combinations of kernel 2, in the order of the terminal's preference. */
Given('the reader takes the AIDs {string}', function (this: TapWorld, list: string) {
  const aids = list.split(/, */)
  this.terminalDesk.terminal = inContactless(this.terminalDesk.terminal, ({ combinations, ...more }) => ({
    ...more,
    combinations: combinations.slice(0, 1).flatMap((first) => aids.map((aid) => ({ ...first, aid }))),
  }))
})

Given('the reader has no extended selection', function (this: TapWorld) {
  this.terminalDesk.terminal = inCombinations(this.terminalDesk.terminal, (each) => ({
    ...each,
    extendedSelection: false,
  }))
})

/** One after the other; the last is repeated. */
Given('exchanges of relay resistance data take {string} ms', function (this: TapWorld, times: string) {
  this.terminalDesk.nowUs = stopwatch(times.split(/, */).map(Number))
})

Given(/^the card will leave inside ([A-Z ]+)$/, function (this: TapWorld, name: string) {
  leave(this, { tearInside: instruction(name) })
})

Given('the card will leave before its command {int}', function (this: TapWorld, number: number) {
  leave(this, { tearBefore: number })
})

Given("the card's data objects of GENERATE AC also have {word}", function (this: TapWorld, tag: string) {
  const { card } = this.terminalDesk
  const applications = card.applications.map(({ generateAc, ...application }) => ({
    ...application,
    generateAc: { ...generateAc, answer: [...generateAc.answer, tag] },
  }))
  this.terminalDesk.card = { ...card, applications }
})

Given('the card will stay', function (this: TapWorld) {
  this.terminalDesk.faults = {}
})

When('the same card is shown again', async function (this: TapWorld) {
  await this.bench.slot.putBack()
})

/** The terminal's clock; the bench's stand. */
When('{int} seconds pass at the terminal', function (this: TapWorld, seconds: number) {
  this.terminalDesk.now += seconds * 1000
})

Then('the unpredictable number is that of the last exchange', function (this: TapWorld) {
  const exchanges = this.terminalDesk.notes('Terminal relay resistance entropy')
  same('9F37', exchanges.at(-1) ?? 'none', this.lastTap.emv.unpredictableNumber)
})

/** As its issuer sees it: code, unpredictable number, counter and length of the number. */
Then(/^the dynamic code on track ([12]) is the card's$/, function (this: TapWorld, track: TrackNumber) {
  const message = lastMessage(this)
  const { card } = this.terminalDesk
  const [expected, came] = [expectedDigits(message, card, track), sentDigits(message, card, track)]
  same(`track ${track}`, JSON.stringify(expected), JSON.stringify(came))
})

Then('track 2 ends with the digit {int}', function (this: TapWorld, digit: number) {
  same('length', String(digit), sentDigits(lastMessage(this), this.terminalDesk.card, '2').length)
})

Then('the kernel works in {word} mode', function (this: TapWorld, mode: string) {
  same('mode', mode, contactlessOf(this).mode ?? 'none')
})

/** Outcome Parameter Set, byte 1: what the kernel said before the issuer was asked. */
Then('the outcome status is {string}', function (this: TapWorld, status: string) {
  same('outcome status', status, contactlessOf(this).status)
})

/** DF8129, 8 bytes. */
Then('the Outcome Parameter Set is {string}', function (this: TapWorld, hex: string) {
  same('Outcome Parameter Set', hex, contactlessOf(this).outcomeParameters)
})

Then("the outcome's CVM is {string}", function (this: TapWorld, cvm: string) {
  same('CVM', cvm, contactlessOf(this).cvm)
})

Then(/^(a|no) receipt is wanted$/, function (this: TapWorld, word: string) {
  same('receipt', word === 'a', contactlessOf(this).receipt)
})

/** A to D, or `none`. */
Then('Entry Point starts again at {word}', function (this: TapWorld, start: string) {
  same('start', start, contactlessOf(this).start)
})

/** `no error`, or level and name, such as `L2 STATUS BYTES 6985`. */
Then('the Error Indication is {string}', function (this: TapWorld, error: string) {
  same('Error Indication', error, contactlessOf(this).error)
})

/** DF8116, 22 bytes. */
Then('the User Interface Request Data is {string}', function (this: TapWorld, hex: string) {
  same('User Interface Request Data', hex.replaceAll(' ', ''), contactlessOf(this).userInterface ?? 'none')
})

Then('the reader shows {string}', function (this: TapWorld, text: string) {
  shows(this, [text])
})

Then('the reader shows {string}, then {string}', function (this: TapWorld, first: string, then: string) {
  shows(this, [first, then])
})

Then('the reader shows nothing', function (this: TapWorld) {
  shows(this, [])
})

Then('the balance of the card is {money}', function (this: TapWorld, { value }: Money) {
  same('balance', value.toString(), contactlessOf(this).balance ?? 'none')
})

Then('no balance is known', function (this: TapWorld) {
  same('balance', null, contactlessOf(this).balance)
})

/** Commands by their beginning in hexadecimal. */
Then('the terminal sent {string} before {string}', function (this: TapWorld, first: string, then: string) {
  const [before = Number.POSITIVE_INFINITY] = placesOf(this, first)
  const [after = Number.NEGATIVE_INFINITY] = placesOf(this, then)
  if (before > after) throw new Error(`expected ${first}… before ${then}…, got ${commandsOf(this).join(' ')}`)
})

Then('the cryptogram is of transaction {int} of the card', function (this: TapWorld, atc: number) {
  same('ATC', atc, Number.parseInt(this.lastTap.emv.atc ?? '', 16))
})

function lastMessage({ terminalDesk }: TapWorld): OnlineMessage {
  const message = terminalDesk.messages.at(-1)
  if (message === undefined) throw new Error('expected the issuer to be asked, it was not')
  return message
}

function contactlessOf({ lastTap }: TapWorld): ContactlessEnd {
  const contactless = lastTap.kernel?.contactless ?? null
  if (contactless === null)
    throw new Error(`expected a contactless kernel to run, none did: ${lastTap.outcome.reason}`)
  return contactless
}

function same<Value>(what: string, expected: Value, came: Value): void {
  if (came !== expected) throw new Error(`expected ${what} ${expected}, got ${came}`)
}

function shows(world: TapWorld, texts: readonly string[]): void {
  const said = (all: readonly string[]) => all.map((text) => `"${text}"`).join(', then ') || 'nothing'
  same('the reader to show', said(texts), said(contactlessOf(world).messages))
}

function leave({ terminalDesk }: TapWorld, faults: Faults): void {
  terminalDesk.faults = { ...terminalDesk.faults, ...faults }
}

function instruction(name: string): string {
  const ins = INSTRUCTIONS[name]
  if (ins !== undefined) return ins
  throw new Error(`expected one of ${Object.keys(INSTRUCTIONS).join(', ')}, got "${name}"`)
}

function commandsOf({ lastTap }: TapWorld): string[] {
  return lastTap.apdus.map(({ command }) => command.slice(0, 10))
}

function placesOf({ lastTap }: TapWorld, beginning: string): number[] {
  const wanted = beginning.replaceAll(' ', '')
  return lastTap.apdus.flatMap(({ command }, index) => (command.startsWith(wanted) ? [index] : []))
}
