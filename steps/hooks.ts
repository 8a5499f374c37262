import { After, AfterAll, Before, BeforeAll, setDefaultTimeout } from '@cucumber/cucumber'
import { Bench } from './bench/bench.ts'
import { loadProfile, type Profile, type Transport } from './bench/profile.ts'
import { BENCH_MEDIA_TYPE, JOURNAL_MEDIA_TYPE } from './report/run/attachment.ts'
import type { TapWorld } from './world.ts'

setDefaultTimeout(30_000)

/** What the command line hands to every scenario. */
interface Parameters {
  profile: string
  transport?: Transport
}

let bench: Bench | undefined

BeforeAll(async function (this: { parameters: unknown }) {
  const { profile: name, transport } = this.parameters as Parameters
  const profile = loadProfile(name, process.env)
  bench = await Bench.start(
    transport === undefined ? profile : { ...profile, card: { ...profile.card, transport } },
  )
})

AfterAll(async () => {
  await bench?.close()
})

Before(async function (this: TapWorld) {
  if (bench === undefined) throw new Error('expected the bench to have started')
  this.bench = bench
  this.attach(JSON.stringify(facts(bench.profile, this.parameters as Parameters)), BENCH_MEDIA_TYPE)
  await bench.recordTo(this.journal)
})

After(async function (this: TapWorld) {
  for (const undo of this.undo.reverse()) await undo()
  await this.bench.slot.remove()
  await this.bench.services.customer.idle()
  await this.bench.recordTo()
  this.attach(JSON.stringify(this.journal.entries), JOURNAL_MEDIA_TYPE)
})

function facts({ card, rafiki, hsm, database }: Profile, { profile }: Parameters): Record<string, string> {
  return {
    profile,
    transport: card.transport,
    rafiki: rafiki.socket,
    'PKCS#11 module': hsm.module,
    database: database.url === null ? 'PGlite, embedded' : 'PostgreSQL',
    Node: process.version,
  }
}
