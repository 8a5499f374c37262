import assert from 'node:assert/strict'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { parseTlv } from '../../protocols/tlv/tlv.ts'
import { type CardProfile, loadCardProfile, parseCardProfile } from '../../simulators/card/profile.ts'
import { personaliseTestCard } from '../../simulators/card/test-card.ts'
import type { CardDesk } from '../card/card-desk.ts'
import { commandOf } from '../card/command-text.ts'
import { primitives, tryParse } from '../card/hearing.ts'
import { fits, must, shown, shownAnswer, statusOf, structureOf } from '../card/matching.ts'
import { bringTo, readCard, readRecords } from '../card/stages.ts'
import { differences, surveyOf } from '../card/survey.ts'
import type { TapWorld } from '../world.ts'

Given('a card {string} in the reader', async function (this: TapWorld, profile: string) {
  await present(this, loadCardProfile(profile))
})

Given(
  'a card {string} in the reader, changed so:',
  async function (this: TapWorld, base: string, yaml: string) {
    await present(this, changedProfile(base, yaml))
  },
)

Given(
  'a card {string} in the reader that has made {int} transactions',
  async function (this: TapWorld, profile: string, atc: number) {
    await present(this, loadCardProfile(profile), atc)
  },
)

Given("the cardholder's card in the reader", async function (this: TapWorld) {
  this.undo.push(() => this.cardDesk.leave())
  await this.cardDesk.present(this.card.image)
})

Given(/^the card stands (before SELECT|after .+)$/, async function (this: TapWorld, stage: string) {
  await bringTo(this.cardDesk, stage)
})

Given('the terminal has read the card', async function (this: TapWorld) {
  await readCard(this.cardDesk)
})

Given('the terminal says:', function (this: TapWorld, table: DataTable) {
  for (const { tag = '', value = '' } of table.hashes()) this.cardDesk.told.set(tag, hexOf(value))
})

When('the terminal reads every record', async function (this: TapWorld) {
  await readRecords(this.cardDesk)
})

When('the terminal sends {string}', async function (this: TapWorld, command: string) {
  await this.cardDesk.send(await commandOf(this.cardDesk, command))
})

When('the terminal repeats the command before that', async function (this: TapWorld) {
  await this.cardDesk.send(this.cardDesk.answeredBefore(1).command)
})

When('in a new transaction the terminal repeats that script', async function (this: TapWorld) {
  const { command } = this.cardDesk.answered
  await bringTo(this.cardDesk, 'after the first GENERATE AC')
  await this.cardDesk.send(command)
})

When('the field goes off and on', async function (this: TapWorld) {
  await this.cardDesk.reset()
})

When(/^(\d+) transactions? ends? with a TC$/, async function (this: TapWorld, count: string) {
  for (let done = 0; done < Number(count); done++) {
    await bringTo(this.cardDesk, 'after GET PROCESSING OPTIONS')
    await this.cardDesk.send(await commandOf(this.cardDesk, 'GENERATE AC for a TC'))
    assert.equal(toHex(this.cardDesk.hearing.first?.cid ?? new Uint8Array()), '40')
  }
})

Then(/^the card answers ([0-9A-F]{4})$/, function (this: TapWorld, status: string) {
  assert.equal(statusOf(this.cardDesk.response), status)
})

Then('the card answers these commands in turn:', async function (this: TapWorld, table: DataTable) {
  for (const { command = '', answer } of table.hashes()) {
    await this.cardDesk.send(await commandOf(this.cardDesk, command))
    assert.equal(statusOf(this.cardDesk.response), answer, command)
  }
})

Then('the card leaves without an answer', function (this: TapWorld) {
  assert.equal(this.cardDesk.answered.response, null)
})

Then('the card takes at least {int} ms for it', function (this: TapWorld, least: number) {
  // Timers of the machine count whole milliseconds.
  const { milliseconds } = this.cardDesk.answered
  must(milliseconds >= least - 1, `at least ${least} ms`, `${milliseconds}`)
})

Then('the answer has no data', function (this: TapWorld) {
  assert.equal(this.cardDesk.response.data.length, 0, shownAnswer(this.cardDesk.response))
})

Then('the answer has {int} bytes', function (this: TapWorld, length: number) {
  assert.equal(this.cardDesk.response.data.length, length)
})

Then('the answer is {string}', function (this: TapWorld, expected: string) {
  const { response } = this.cardDesk
  must(fits(response.data, expected), expected, shownAnswer(response))
})

Then('the answer is built as {string}', function (this: TapWorld, structure: string) {
  assert.equal(structureOf(parseTlv(this.cardDesk.response.data)), structure)
})

Then('the answer is no BER-TLV', function (this: TapWorld) {
  assert.equal(tryParse(this.cardDesk.response.data), null)
})

Then('the answer has:', function (this: TapWorld, table: DataTable) {
  const objects = primitives(this.cardDesk.response.data)
  for (const { tag = '', value = '' } of table.hashes()) {
    const found = objects.find((object) => object.tag === tag)?.value
    must(fits(found, value), `${value} in ${tag}`, shown(tag, found))
  }
})

Then('the card has told:', function (this: TapWorld, table: DataTable) {
  for (const { tag = '', value = '' } of table.hashes()) {
    const told = this.cardDesk.hearing.values.get(tag)
    must(fits(told, value), `${value} in ${tag}`, shown(tag, told))
  }
})

Then('every record is one template 70', function (this: TapWorld) {
  for (const [place, data] of this.cardDesk.hearing.records)
    assert.match(structureOf(parseTlv(data)), /^70\([^()]+\)$/, `SFI/record ${place}`)
})

Then('the same command again is answered with something else', async function (this: TapWorld) {
  await mustDiffer(this.cardDesk, async () => undefined)
})

Then(
  'in a new transaction the same command is answered with something else',
  async function (this: TapWorld) {
    await mustDiffer(this.cardDesk, () => bringTo(this.cardDesk, 'after GET PROCESSING OPTIONS'))
  },
)

Then(
  'compared with a card {string}, only this is different:',
  async function (this: TapWorld, sound: string, table: DataTable) {
    const own = await surveyOf(this.cardDesk)
    await present(this, loadCardProfile(sound))
    const expected = table.hashes().map(({ where, tag }) => `${where}: ${tag}`)
    assert.deepEqual(differences(own, await surveyOf(this.cardDesk)), expected.sort())
  },
)

/** Sends the last command again; `between`: what is done before. */
async function mustDiffer(desk: CardDesk, between: () => Promise<void>): Promise<void> {
  const { command, response: before } = desk.answered
  await between()
  const { response } = await desk.send(command)
  assert.equal(response?.sw, before?.sw)
  must(
    toHex(response?.data ?? new Uint8Array()) !== toHex(before?.data ?? new Uint8Array()),
    'another answer',
    'the same one twice',
  )
}

async function present(world: TapWorld, profile: CardProfile, atc = 0): Promise<void> {
  world.undo.push(() => world.cardDesk.leave())
  await world.cardDesk.present(personaliseTestCard(profile, { atc }))
}

/** YAML of what is different in a profile of fixtures/cards, as its own files say it with `extends`. */
function changedProfile(base: string, yaml: string): CardProfile {
  return parseCardProfile(`extends: ${base}\nname: ${base}-changed\n${yaml}`, 'the card of this scenario')
}

/** Hexadecimal, or `"text"`. */
function hexOf(value: string): string {
  const [, text] = /^"(.*)"$/.exec(value) ?? []
  return text === undefined ? value.replaceAll(' ', '') : toHex(Buffer.from(text, 'ascii'))
}
