import { Given, When } from '@cucumber/cucumber'
import type { TokenAccess } from '../../hardware/hsm/access.ts'
import { joinGroup } from '../../hardware/hsm/group/join.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { ofText } from '../bench/secrets.ts'
import { emptyToken, SECURITY_OFFICER_PIN } from '../hsm/token-pair.ts'
import type { TapWorld } from '../world.ts'

/** A service goes on with "left", and looks for the other one. */
Given('an HSM on "left" and a new token "spare" that is not plugged in yet', async function (this: TapWorld) {
  const { hsmDesk } = this
  const spare = await emptyToken(hsmDesk.place.directory, 'spare')
  this.bench.secrets.push(ofText('PIN of a token', spare.pin))
  await spare.pullOut()
  await hsmDesk.openPair({ twins: [spare] })
  hsmDesk.spare = spare
})

When('the token "spare" is plugged in and joins "left"', async function (this: TapWorld) {
  const { hsmDesk } = this
  const [left] = await hsmDesk.pair()
  const spare = hsmDesk.spare ?? fail()
  await spare.plugIn()
  await join(this, [left, spare])
})

When('a new token is to join "left"', async function (this: TapWorld) {
  const [left] = await this.hsmDesk.pair()
  await join(this, [left, await emptyToken(this.hsmDesk.place.directory, 'new')])
})

When('a token with other master keys is to join "left"', async function (this: TapWorld) {
  const [left] = await this.hsmDesk.pair()
  await join(this, [left, await lone(this, 'stranger')])
})

When('a new token is to join one that was alone', async function (this: TapWorld) {
  await join(this, [await lone(this, 'lone'), await emptyToken(this.hsmDesk.place.directory, 'new')])
})

When('a new token of NSS softokn is to join "left"', async function (this: TapWorld) {
  const [left] = await this.hsmDesk.pair()
  await join(this, [left, await this.hsmDesk.newToken('NSS softokn', { provision: false })])
})

function lone(world: TapWorld, tokenLabel: string): Promise<TokenAccess> {
  const { directory } = world.hsmDesk.place
  return createPrivateToken({ directory, tokenLabel, securityOfficerPin: SECURITY_OFFICER_PIN })
}

/** The answer is yes when it did. */
async function join({ hsmDesk, journal }: TapWorld, tokens: readonly TokenAccess[]): Promise<void> {
  const tell = (text: string) => journal.record({ kind: 'fact', party: 'hsm', text })
  const request = { tokens, securityOfficerPin: SECURITY_OFFICER_PIN, clock: systemClock, tell }
  await hsmDesk.ask(async () => {
    await joinGroup(request)
    return true
  })
}

function fail(): never {
  throw new Error('expected a token "spare" in this scenario, got none')
}
