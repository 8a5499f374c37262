import assert from 'node:assert/strict'
import { setImmediate } from 'node:timers/promises'
import { type DataTable, Given, Then, When } from '@cucumber/cucumber'
import type { TokenAccess } from '../../hardware/hsm/access.ts'
import { HsmError } from '../../hardware/hsm/error.ts'
import { tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import type { Token } from '../../hardware/hsm/token.ts'
import type { OwnOptions } from '../hsm/hsm-desk.ts'
import { moduleNamed } from '../hsm/modules.ts'
import type { TapWorld } from '../world.ts'

/** Rows of `signers`, `queueAtMost`, `waitAtMostMs`, `recycleAtBytes`, and a number; its clock stands still. */
Given('a payment HSM of its own on the same token:', async function (this: TapWorld, table: DataTable) {
  await this.hsmDesk.openOwn(numbers(table))
})

/** `table`: rows of `module`, `tokenLabel`, `serial`, `slot` or `pin`, in place of what opens the shared token. */
When('an HSM is opened with:', async function (this: TapWorld, table: DataTable) {
  const { access } = this.hsmDesk.place
  const rows = table.rowsHash()
  const named = ['tokenLabel', 'serial', 'slot'].some((name) => name in rows)
  const { tokenLabel, ...others } = { ...access, pin: access.pin }
  await open(this, { ...others, ...(named ? {} : { tokenLabel }), ...typed(rows) } as TokenAccess)
})

When('an HSM is opened with {int} signers', async function (this: TapWorld, signers: number) {
  await open(this, this.hsmDesk.place.access, { signers })
})

When('an HSM is opened without the name of a token', async function (this: TapWorld) {
  const { module, pin, environment = {} } = this.hsmDesk.place.access
  await open(this, { module, pin, environment })
})

When(
  'an HSM is opened on a new token of {string} without master keys',
  async function (this: TapWorld, module: string) {
    await open(this, await this.hsmDesk.newToken(moduleNamed(module), { provision: false }))
  },
)

/** Each on the same token of this scenario's own; the last one is what the next step sees. `right` stands for its PIN. */
When(
  'an HSM is opened on a token of its own with the PINs {string}',
  async function (this: TapWorld, pins: string) {
    const access = await this.hsmDesk.newToken('SoftHSM2')
    const opened = pins.split(', ').map((pin) => ({ ...access, pin: pin === 'right' ? access.pin : pin }))
    const last = opened.pop() as TokenAccess
    for (const one of opened) await assert.rejects(this.hsmDesk.openOwn({ token: one }), HsmError)
    await open(this, last)
  },
)

When('the settings of a token are read from:', async function (this: TapWorld, table: DataTable) {
  const { hsmDesk } = this
  await hsmDesk.ask(async () => tokenSettings(table.rowsHash(), 'TAPBENCH_HSM_').provider)
})

When('its token is taken away and its signer killed', async function (this: TapWorld) {
  const token = await this.hsmDesk.newToken('SoftHSM2')
  await this.hsmDesk.openOwn({ token })
  await (token as Token).close()
  process.kill(this.hsmDesk.signerPid, 'SIGKILL')
  // Until its end is known here, a request would go to the dead one.
  while (this.hsmDesk.hsm.pids.length > 0) await setImmediate()
})

When('a signer is killed', async function (this: TapWorld) {
  const [pid] = this.hsmDesk.hsm.pids
  assert.ok(pid !== undefined, 'expected a signer that lives')
  process.kill(pid, 'SIGKILL')
})

When('the HSM is closed', async function (this: TapWorld) {
  await this.hsmDesk.hsm.close()
})

/** The signer stands still while it is asked, so that what happens then happens in the middle of the request. */
When('the signer is killed while key {string} makes a MAC', async function (this: TapWorld, key: string) {
  await duringStandstill(this, () => macOf(this, key), 'SIGKILL')
})

When('the signer is killed while key {string} is generated', async function (this: TapWorld, label: string) {
  const { hsm } = this.hsmDesk
  await duringStandstill(
    this,
    async () => (await hsm.generateKey({ label, usage: 'MAC', algorithm: 'aes-128' })).kcv,
    'SIGKILL',
  )
})

When(
  'the signer is silent for {int} seconds while key {string} is generated',
  async function (this: TapWorld, seconds: number, label: string) {
    const { hsm, clock } = this.hsmDesk
    await duringStandstill(
      this,
      async () => (await hsm.generateKey({ label, usage: 'MAC', algorithm: 'aes-128' })).kcv,
      () => clock.advance(seconds * 1000),
    )
  },
)

When(
  '{int} requests wait for the signer and key {string} makes a MAC',
  async function (this: TapWorld, count: number, key: string) {
    const { hsmDesk } = this
    const pid = hsmDesk.signerPid
    process.kill(pid, 'SIGSTOP')
    const first = macOf(this, key)
    await setImmediate()
    const waiting = Array.from({ length: count }, () => macOf(this, key))
    await hsmDesk.ask(() => macOf(this, key))
    process.kill(pid, 'SIGCONT')
    const macs = await Promise.all([first, ...waiting])
    for (const mac of macs) assert.deepEqual(mac, macs[0])
  },
)

When(
  'key {string} makes a MAC behind a request that takes {int} seconds',
  async function (this: TapWorld, key: string, seconds: number) {
    const { hsmDesk } = this
    const pid = hsmDesk.signerPid
    process.kill(pid, 'SIGSTOP')
    const first = macOf(this, key)
    await setImmediate()
    const asked = hsmDesk.ask(() => macOf(this, key))
    hsmDesk.clock.advance(seconds * 1000)
    await asked
    process.kill(pid, 'SIGCONT')
    await first
  },
)

/** "…" stands for anything. */
Then('the HSM refuses with {word}: {string}', function (this: TapWorld, code: string, says: string) {
  const { code: came, what, message } = this.hsmDesk.takeRefusal()
  assert.equal(came, code, message)
  assert.match(what, patternOf(says))
  assert.ok(message.length > `${what}: `.length, 'expected the message to say what to do')
})

Then('the journal says {word} of the last operation', function (this: TapWorld, result: string) {
  const last = this.journal.entries.filter((entry) => entry.kind === 'hsm').at(-1)
  assert.equal(last?.result, result)
})

Then('no key {string} is known', function (this: TapWorld, label: string) {
  assert.equal(this.hsmDesk.place.keys.get(label), undefined)
})

function open(world: TapWorld, token: TokenAccess, options: OwnOptions = {}): Promise<void> {
  return world.hsmDesk.ask(async () => {
    await world.hsmDesk.openOwn({ token, ...options })
    return true
  })
}

async function duringStandstill(
  { hsmDesk }: TapWorld,
  question: () => Promise<Uint8Array | string | null>,
  then: 'SIGKILL' | (() => void),
): Promise<void> {
  const pid = hsmDesk.signerPid
  process.kill(pid, 'SIGSTOP')
  const asked = hsmDesk.ask(question)
  await setImmediate()
  if (then === 'SIGKILL') process.kill(pid, then)
  else then()
  await asked
}

function macOf({ hsmDesk }: TapWorld, key: string): Promise<Uint8Array> {
  return hsmDesk.hsm.generateMac({ key, method: 'aes-cmac', data: new Uint8Array(3) })
}

function patternOf(text: string): RegExp {
  const parts = text.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}

function numbers(table: DataTable): OwnOptions {
  return Object.fromEntries(Object.entries(table.rowsHash()).map(([name, value]) => [name, Number(value)]))
}

function typed({ slot, ...rows }: Record<string, string>): Record<string, string | number> {
  return slot === undefined ? rows : { ...rows, slot: Number(slot) }
}
