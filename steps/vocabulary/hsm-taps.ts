import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Given, Then } from '@cucumber/cucumber'
import { Bench } from '../bench/bench.ts'
import type { TapWorld } from '../world.ts'

/** Started for the scenario, beside the shared one; its cards need no reader. */
Given('a bench of its own, whose issuer has an HSM on two tokens', async function (this: TapWorld) {
  const shared = this.bench
  const { card, hsm } = shared.profile
  const own = await Bench.start({
    ...shared.profile,
    card: { ...card, transport: 'loopback' },
    hsm: { ...hsm, tokens: 2 },
  })
  this.undo.push(async () => {
    this.bench = shared
    shared.secrets.push(...own.secrets)
    await own.services.customer.idle()
    await own.close()
  })
  this.bench = own
  await own.recordTo(this.journal)
})

Given("the issuer's token {string} is withdrawn", async function (this: TapWorld, name: string) {
  await this.bench.services.customer.withdraw(name)
})

Given("the issuer's token {string} is admitted", async function (this: TapWorld, name: string) {
  await this.bench.services.customer.admit(name)
})

/**
 * Its signers end, and those that follow find no token: the bench makes the second one in a folder "2". Until their end is known they count as
 * alive: a request that another token's signer takes meanwhile leaves nobody to look for this one.
 */
Given("the issuer's token {string} is lost", async function (this: TapWorld, name: string) {
  const folder = join(this.bench.directory, 'token', '2')
  await rename(folder, `${folder} lost`)
  for (const pid of (await tokenNamed(this, name)).pids) process.kill(pid, 'SIGKILL')
  while ((await tokenNamed(this, name)).pids.length > 0) await setImmediate()
})

Then(
  "the issuer's HSM says that the token {string} is {word}",
  async function (this: TapWorld, name: string, standing: string) {
    while ((await tokenNamed(this, name)).standing !== standing) await setImmediate()
  },
)

async function tokenNamed({ bench }: TapWorld, name: string) {
  const tokens = await bench.services.customer.hsmTokens()
  const found = tokens.find((token) => token.name === name)
  if (found === undefined) throw new Error(`expected a token of the issuer's HSM, got "${name}"`)
  return found
}
