import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import type { OperationName } from './requests.ts'
import { OPERATIONS } from './signer/operations.ts'
import type { Case, Cases, Passed } from './test-support/spied/case.ts'
import { SPIED } from './test-support/spied/cases.ts'
import { found } from './test-support/spied/found.ts'
import { KNOWN_KEYS } from './test-support/spied/known-keys.ts'
import { SpiedHsm } from './test-support/spied/spied-hsm.ts'
import { SPY } from './test-support/spied/spy.ts'

/** What the spy wrote down of a case, and what the journal says of it. */
interface Seen extends Passed {
  readonly log: Buffer
  readonly operations: readonly string[]
  readonly places: readonly string[]
}

const skip = SPY === null ? "no OpenSC's PKCS#11 spy here: apt-get install opensc-pkcs11" : false
const ALL = (Object.entries(SPIED) as [OperationName, Cases][]).flatMap(([operation, cases]) =>
  Object.entries(cases).map(([name, action]) => ({ operation, name: `${operation}, ${name}`, action })),
)

describe("every operation, under OpenSC's spy", { skip }, () => {
  let spied: SpiedHsm
  let keys: Readonly<Record<string, Uint8Array>>
  const seen = new Map<string, Seen>()
  before(async () => {
    spied = await SpiedHsm.open(SPY ?? '')
    for (const [usage, algorithm] of KNOWN_KEYS) await spied.know(usage, algorithm)
    for (const { name, action } of ALL) seen.set(name, await look(action))
    keys = { ...Object.fromEntries(spied.values), ...spied.reveal() }
  })
  after(() => spied.close())

  it('is in the table', () => {
    assert.deepEqual(Object.keys(SPIED).sort(), Object.keys(OPERATIONS).sort())
    assert.deepEqual(new Set(ALL.map(({ operation }) => operation)), new Set(Object.keys(OPERATIONS)))
  })

  it('the spy sees what passes: data, and a key that comes in the clear', async () => {
    const [data, value] = [Buffer.from('16 bytes of data'), Buffer.from('key of this test')]
    const { log } = await look(async ({ hsm }) => {
      await hsm.generateMac({ key: 'MAC aes-128', method: 'aes-cmac', data })
      await hsm.importKey({ label: 'seen', usage: 'MAC', algorithm: 'aes-128', value })
      return {}
    })
    assert.deepEqual(found(log, { data, value }), ['data', 'value'])
  })

  for (const { operation, name } of ALL)
    it(name, () => {
      const { log, operations, places, ...passed } = seen.get(name) ?? assert.fail(name)
      assert.deepEqual(operations, [operation])
      assert.ok(log.length > 0)
      assert.deepEqual(found(log, passed.pins ?? {}), [], 'no PIN and no PIN block')
      const clear = found(log, { ...keys, ...passed.keys })
      if (places.includes('in token')) assert.deepEqual(clear, [], 'labelled in token')
      else assert.notDeepEqual(clear, [], 'labelled clear in signer')
    })

  async function look(action: Case): Promise<Seen> {
    const past = spied.journal.entries.length
    let passed: Passed = {}
    const log = await spied.written(async () => {
      passed = await action(spied)
    })
    const entries = spied.journal.entries.slice(past).filter((entry) => entry.kind === 'hsm')
    const distinct = (values: string[]) => [...new Set(values)]
    return {
      log,
      operations: distinct(entries.map(({ operation }) => operation)),
      places: distinct(entries.map(({ where }) => where)),
      ...passed,
    }
  }
})
