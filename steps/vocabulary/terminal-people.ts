import { type DataTable, Given } from '@cucumber/cucumber'
import type { ScriptOrder } from '../emv/issuer-scripts.ts'
import { PIN_ACTS, type PinAct } from '../emv/test-cardholder.ts'
import type { IssuerOrder } from '../emv/test-issuer.ts'
import type { TapWorld } from '../world.ts'

/** What the cardholder does whenever a PIN is wanted, in order: the last is repeated. */
Given(/^the cardholder enters (.+)$/, function (this: TapWorld, acts: string) {
  this.terminalDesk.cardholder.acts = acts.split(', ').map(pinAct)
})

Given('the PIN pad does not work', function (this: TapWorld) {
  this.terminalDesk.cardholder.acts = []
})

Given('the cardholder chooses application {int}', function (this: TapWorld, number: number) {
  this.terminalDesk.cardholder.choice = number - 1
})

Given('the cardholder cancels the selection', function (this: TapWorld) {
  this.terminalDesk.cardholder.choice = null
})

Given('the issuer approves', function (this: TapWorld) {
  order(this, { decision: 'approve', responseCode: '00' })
})

Given('the issuer declines with {string}', function (this: TapWorld, responseCode: string) {
  order(this, { decision: 'decline', responseCode })
})

Given('the issuer cannot be reached', function (this: TapWorld) {
  order(this, { decision: 'unable' })
})

Given('the issuer does not know the card', function (this: TapWorld) {
  order(this, { decision: 'unknown' })
})

Given(/^the issuer sends (right|wrong|no) authentication data$/, function (this: TapWorld, kind: string) {
  order(this, { proof: kind === 'no' ? 'none' : (kind as 'right' | 'wrong') })
})

Given('the issuer sends {int} bytes of authentication data', function (this: TapWorld, bytes: number) {
  order(this, { proof: bytes })
})

/** Rows of template (71 or 72) and commands, with a comma between them: a row is a script. */
Given('the issuer sends the scripts:', function (this: TapWorld, table: DataTable) {
  order(this, { scripts: table.raw().map(([template = '', commands = '']) => script(template, commands)) })
})

Given(
  'the issuer sends the script {int} with {string}',
  function (this: TapWorld, template: number, commands: string) {
    order(this, { scripts: [script(String(template), commands)] })
  },
)

function order({ terminalDesk }: TapWorld, change: Partial<IssuerOrder>): void {
  terminalDesk.issuer = { ...terminalDesk.issuer, ...change }
}

function script(template: string, commands: string): ScriptOrder {
  if (template !== '71' && template !== '72')
    throw new Error(`expected script template 71 or 72, got "${template}"`)
  return { template, commands: commands === '' ? [] : commands.split(', ') }
}

function pinAct(text: string): PinAct {
  const act = PIN_ACTS.find((each) => each === text)
  if (act === undefined) throw new Error(`expected one of ${PIN_ACTS.join(', ')}, got "${text}"`)
  return act
}
