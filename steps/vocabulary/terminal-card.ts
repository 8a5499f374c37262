import { type DataTable, Given } from '@cucumber/cucumber'
import { loadCardProfile, parseCardProfile } from '../../simulators/card/profile.ts'
import { type ObjectChanges, withObjects } from '../emv/card-objects.ts'
import type { TapWorld } from '../world.ts'

/** Issuer action codes (9F0D default, 9F0E denial, 9F0F online) that never match. */
const UNDECIDED: ObjectChanges = { '9F0D': '0000000000', '9F0E': '0000000000', '9F0F': '0000000000' }

Given('a cardholder with a card {string}', function (this: TapWorld, profile: string) {
  this.terminalDesk.card = loadCardProfile(profile)
})

Given(
  'a cardholder with a card {string} that differs in:',
  function (this: TapWorld, profile: string, yaml: string) {
    this.terminalDesk.card = parseCardProfile(`extends: ${profile}\n${yaml}`, `${profile} of this scenario`)
  },
)

Given('the issuer action codes of the card never match', function (this: TapWorld) {
  change(this, UNDECIDED)
})

Given(
  "the issuer's action codes are {string}, {string}, {string}",
  function (this: TapWorld, denial: string, online: string, otherwise: string) {
    change(this, { '9F0E': denial, '9F0F': online, '9F0D': otherwise })
  },
)

/** Rows of tag and value; `none` takes the data object off the card. */
Given("the card's data objects are:", function (this: TapWorld, table: DataTable) {
  const rows = table.raw().map(([tag = '', value = '']) => [tag, hexOf(value)] as const)
  change(this, Object.fromEntries(rows))
})

Given("the card's data object {word} is {string}", function (this: TapWorld, tag: string, value: string) {
  change(this, { [tag]: hexOf(value) })
})

Given('the card has no data object {word}', function (this: TapWorld, tag: string) {
  change(this, { [tag]: null })
})

Given("one bit of the card's {word} is wrong", function (this: TapWorld, tag: string) {
  const { card } = this.terminalDesk
  const corrupt = [...(card.faults.corrupt ?? []), tag]
  this.terminalDesk.card = { ...card, faults: { ...card.faults, corrupt } }
})

Given("the card's transaction counter stands at {int}", function (this: TapWorld, atc: number) {
  this.terminalDesk.atc = atc
})

Given(
  'commands that begin with {string} get the answer {string}',
  function (this: TapWorld, command: string, raw: string) {
    const { card } = this.terminalDesk
    const answers = { ...card.faults.answers, [command.replaceAll(' ', '')]: { raw: hexOf(raw) ?? '' } }
    this.terminalDesk.card = { ...card, faults: { ...card.faults, answers } }
  },
)

function change({ terminalDesk }: TapWorld, objects: ObjectChanges): void {
  terminalDesk.card = withObjects(terminalDesk.card, objects)
}

function hexOf(text: string): string | null {
  return text === 'none' ? null : text.replaceAll(' ', '')
}
