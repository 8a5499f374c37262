import { type DataTable, Given } from '@cucumber/cucumber'
import type { EmvSettings } from '../../simulators/pos/emv/settings.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import { changedCaKeys, type KeyChange } from '../emv/ca-key-file.ts'
import { constantRandom, seededRandom } from '../emv/seeded-random.ts'
import { UNDECIDED, withSettings } from '../emv/terminal-settings.ts'
import type { TapWorld } from '../world.ts'

Given('a terminal {string}', async function (this: TapWorld, name: string) {
  this.terminalDesk.terminal = await loadTerminalProfile(name)
})

Given('a terminal {string} whose own rules never match', async function (this: TapWorld, name: string) {
  this.terminalDesk.terminal = withSettings(await loadTerminalProfile(name), UNDECIDED)
})

/** Rows of a setting of `steps/emv/terminal-settings.ts` and its value. */
Given('the terminal has:', function (this: TapWorld, table: DataTable) {
  set(this, table.rowsHash())
})

Given("the terminal's {string} is {string}", function (this: TapWorld, name: string, value: string) {
  set(this, { [name]: value })
})

Given(
  "the acquirer's action codes are {string}, {string}, {string}",
  function (this: TapWorld, denial: string, online: string, otherwise: string) {
    set(this, { 'TAC denial': denial, 'TAC online': online, 'TAC default': otherwise })
  },
)

Given("the terminal's date is {word}", function (this: TapWorld, date: string) {
  this.terminalDesk.now = Date.parse(`${date}T09:08:07Z`)
})

Given("the terminal's random numbers have the seed {string}", function (this: TapWorld, seed: string) {
  this.terminalDesk.random = seededRandom(seed)
})

/** Numbers of random transaction selection, 1 to 99: EMV 4.4 Book 3, 10.6.2. */
Given('the terminal draws the random number {int}', function (this: TapWorld, number: number) {
  this.terminalDesk.random = constantRandom(number - 1)
})

Given("the terminal's exception file has the card's account", function (this: TapWorld) {
  changeEmv(this, { exceptionFile: [{ pan: panOf(this) }] })
})

Given(
  "the terminal's exception file has the card's account with the sequence number {string}",
  function (this: TapWorld, sequence: string) {
    changeEmv(this, { exceptionFile: [{ pan: panOf(this), sequence }] })
  },
)

Given(
  'the certificate {string} under CA key {string} of {string} is revoked',
  function (this: TapWorld, serial: string, index: string, rid: string) {
    changeEmv(this, { revokedCertificates: [{ rid, index, serial }] })
  },
)

Given(
  "the terminal's CA key {string} has the expiry {string}",
  async function (this: TapWorld, index: string, expiry: string) {
    await changeKeys(this, index, { expiry })
  },
)

Given("the terminal's CA key {string} has a wrong checksum", async function (this: TapWorld, index: string) {
  await changeKeys(this, index, { checksum: '00'.repeat(20) })
})

function set({ terminalDesk }: TapWorld, settings: Record<string, string>): void {
  terminalDesk.terminal = withSettings(terminalDesk.terminal, settings)
}

function changeEmv({ terminalDesk }: TapWorld, change: Partial<EmvSettings>): void {
  const { emv, ...profile } = terminalDesk.terminal
  if (emv === undefined) throw new Error(`expected terminal ${profile.id} to have "emv"`)
  terminalDesk.terminal = { ...profile, emv: { ...emv, ...change } } satisfies TerminalProfile
}

async function changeKeys(world: TapWorld, index: string, change: KeyChange): Promise<void> {
  const { path, remove } = await changedCaKeys(index, change)
  world.undo.push(remove)
  changeEmv(world, { caKeys: [path] })
}

function panOf({ terminalDesk }: TapWorld): string {
  return terminalDesk.card.holder.pan ?? ''
}
