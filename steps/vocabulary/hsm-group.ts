import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { Given, Then, When } from '@cucumber/cucumber'
import { shareMasters } from '../../hardware/hsm/group/ceremony.ts'
import type { TokenStanding } from '../../hardware/hsm/signer-pool.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import type { TapWorld } from '../world.ts'

Given('a payment HSM of its own on two tokens, "left" and "right"', async function (this: TapWorld) {
  await this.hsmDesk.openPair()
})

When('an HSM is opened on both tokens', async function (this: TapWorld) {
  await this.hsmDesk.ask(async () => {
    await this.hsmDesk.openPair()
    return true
  })
})

When('an HSM is opened on "left" and a token with other master keys', async function (this: TapWorld) {
  const { hsmDesk } = this
  const { directory } = hsmDesk.place
  const stranger = await createPrivateToken({ directory, tokenLabel: 'stranger' })
  await hsmDesk.ask(async () => {
    await hsmDesk.openPair({ twins: [stranger] })
    return true
  })
})

When('a new token is to share the master keys of "left"', async function (this: TapWorld) {
  const { hsmDesk } = this
  const { directory } = hsmDesk.place
  const fresh = await createPrivateToken({ directory, tokenLabel: 'fresh', masters: false })
  const [left] = await hsmDesk.pair()
  await hsmDesk.ask(async () => {
    await shareMasters([left, fresh], systemClock)
    return true
  })
})

When('the token {string} is pulled out', async function (this: TapWorld, name: string) {
  await (await tokenNamed(this, name)).pullOut()
})

When('both tokens are pulled out', async function (this: TapWorld) {
  for (const token of await this.hsmDesk.pair()) await token.pullOut()
})

When('the token {string} is plugged in', async function (this: TapWorld, name: string) {
  await (await tokenNamed(this, name)).plugIn()
})

/** The signer of the token stands still until then, so that it has requests that it has not answered. */
When(
  /^the token "(\w+)" (is pulled out|dies) while key "(\w+)" makes (\d+) MACs$/,
  async function (this: TapWorld, name: string, how: string, key: string, count: string) {
    const { hsmDesk } = this
    const pid = signerOf(this, name)
    process.kill(pid, 'SIGSTOP')
    const asked = hsmDesk.ask(() => sameMacs(this, key, Number(count)))
    await setImmediate()
    if (how === 'dies') process.kill(pid, 'SIGKILL')
    else await (await tokenNamed(this, name)).pullOut()
    process.kill(pid, 'SIGCONT')
    await asked
  },
)

When(
  'the token {string} is withdrawn while key {string} makes {int} MACs',
  async function (this: TapWorld, name: string, key: string, count: number) {
    const { hsmDesk } = this
    const asked = hsmDesk.ask(() => sameMacs(this, key, count))
    await hsmDesk.hsm.withdraw(name)
    await asked
  },
)

When('the token {string} is withdrawn', async function (this: TapWorld, name: string) {
  await this.hsmDesk.ask(async () => {
    await this.hsmDesk.hsm.withdraw(name)
    return true
  })
})

When('the token {string} is admitted', async function (this: TapWorld, name: string) {
  await this.hsmDesk.hsm.admit(name)
})

/** The clock of the HSM goes on by so much; a token that is back now opens. */
When(
  'the token {string} is looked for after {int} second(s)',
  async function (this: TapWorld, name: string, seconds: number) {
    this.hsmDesk.clock.advance(seconds * 1000)
    while (standingOf(this, name).standing !== 'there') await setImmediate()
  },
)

Then(
  'the HSM says that the token {string} is {word}',
  function (this: TapWorld, name: string, standing: string) {
    assert.equal(standingOf(this, name).standing, standing)
  },
)

/** Of the last so many operations, by the journal. */
Then(
  'of the last {int} operations the journal names the token(s) {string}',
  function (this: TapWorld, count: number, names: string) {
    const done = this.journal.entries.flatMap((entry) => (entry.kind === 'hsm' ? [entry.token] : []))
    assert.equal([...new Set(done.slice(-count))].sort().join(', '), names)
  },
)

Then('the journal says that the token {string}', function (this: TapWorld, text: string) {
  const facts = this.journal.entries.flatMap((entry) => (entry.kind === 'fact' ? [entry.text] : []))
  assert.ok(
    facts.some((fact) => fact.startsWith(`token ${text}`)),
    `expected "token ${text}", got ${facts.join('; ')}`,
  )
})

async function tokenNamed({ hsmDesk }: TapWorld, name: string) {
  const found = (await hsmDesk.pair()).find(({ tokenLabel }) => tokenLabel === name)
  if (found === undefined) throw new Error(`expected the token left or right, got "${name}"`)
  return found
}

function standingOf({ hsmDesk }: TapWorld, name: string): TokenStanding {
  const found = hsmDesk.hsm.tokens.find((token) => token.name === name)
  if (found === undefined) throw new Error(`expected a token of the HSM, got "${name}"`)
  return found
}

function signerOf(world: TapWorld, name: string): number {
  const [pid] = standingOf(world, name).pids
  if (pid === undefined) throw new Error(`expected a signer on "${name}", got none`)
  return pid
}

/** Whether all are the same. */
async function sameMacs({ hsmDesk }: TapWorld, key: string, count: number): Promise<boolean> {
  const data = hsmDesk.random(20)
  const macs = await Promise.all(
    Array.from({ length: count }, () => hsmDesk.hsm.generateMac({ key, method: 'aes-cmac', data })),
  )
  return new Set(macs.map(toHex)).size === 1
}
