import { After, Before, type ITestCaseHookParameter, Status, setDefaultTimeout } from '@cucumber/cucumber'
import type { MatrixColumn } from '../hardware/hsm/capabilities/matrix.ts'
import { placesInWords } from '../hardware/hsm/capabilities/placement.ts'
import { correlate } from '../protocols/journal/correlate.ts'
import type { Profile } from './bench/profile.ts'
import { sharedBench } from './bench/shared.ts'
import { hsmRoom } from './hsm/hsm-room.ts'
import { benchLog } from './log/bench-log.ts'
import { excerptOf } from './rafiki-containers/excerpt.ts'
import { closedBooks } from './reconcile/closed-books.ts'
import { checkMoney, told } from './reconcile/scenario-check.ts'
import { BENCH_MEDIA_TYPE, JOURNAL_MEDIA_TYPE, MATRIX_MEDIA_TYPE } from './report/run/attachment.ts'
import { unserved } from './requirements.ts'
import { exportTaps } from './traces/export.ts'
import type { TapWorld } from './world.ts'

// Longer than any party waits: that a payment hangs, the terminal says itself.
setDefaultTimeout(90_000)

/** What the command line hands to every scenario. */
export interface Parameters {
  /** The profile's name. */
  profile: string
  /** Whether a known weakness of the stack under test fails its scenario. */
  strict: boolean
}

Before(async function (this: TapWorld, { pickle }: ITestCaseHookParameter) {
  this.bench = sharedBench()
  const bench = facts(this.bench.profile, this.parameters as Parameters)
  const issuers = await this.bench.services.customer.hsmMatrix()
  bench['HSM operations'] =
    issuers[0] === undefined ? "the issuer's own" : placesInWords(issuers[0].operations)
  this.attach(JSON.stringify(bench), BENCH_MEDIA_TYPE)
  const reason = unserved(
    pickle.tags.map(({ name }) => name),
    this.bench,
  )
  if (reason !== null) {
    this.log(reason)
    return 'skipped'
  }
  this.scenario = pickle.name
  this.isStrict = (this.parameters as Parameters).strict
  this.startedAt = Date.now()
  benchLog().say('scenario began', { scenario: pickle.name, feature: pickle.uri })
  await this.bench.recordTo(this.journal)
})

After(async function (this: TapWorld, { result }: ITestCaseHookParameter) {
  for (const undo of this.undo.reverse()) await undo()
  await this.bench.takeCardOut()
  await this.bench.services.customer.idle()
  await this.bench.recordTo()
  const entries = correlate(this.journal.entries)
  this.attach(JSON.stringify(entries), JOURNAL_MEDIA_TYPE)
  attachMatrix(this, [...(await this.bench.services.customer.hsmMatrix()), ...(await hsmRoom.matrix())])
  benchLog().journal(entries, this.journal.beganUs)
  const status = result?.status ?? Status.UNKNOWN
  if (this.scenario !== '') benchLog().say('scenario ended', { scenario: this.scenario, status })
  const untraced = await exportTaps(entries, this.journal.beganUs)
  if (untraced !== null) this.log(untraced)
  if (result?.status === Status.FAILED) await attachContainerLogs(this)
  const closed = closedBooks(this.bench.profile)
  if (closed !== null) return this.log(`money was not compared: ${closed}`)
  for (const finding of await checkMoney(this)) this.log(`to reconcile: ${told(finding)}`)
})

/** Tokens that reports know already. */
const shown = new Set<string>()

/** Of each token once in a run. */
function attachMatrix(world: TapWorld, columns: readonly MatrixColumn[]): void {
  const fresh = columns.filter(({ title }) => !shown.has(title))
  if (fresh.length === 0) return
  for (const { title } of fresh) shown.add(title)
  world.attach(JSON.stringify(fresh), MATRIX_MEDIA_TYPE)
}

/** What Rafiki said meanwhile, when the bench has it in containers. */
async function attachContainerLogs(world: TapWorld): Promise<void> {
  const { containers } = world.bench.services
  if (containers === null) return
  const excerpt = excerptOf(await containers.logs(world.startedAt))
  if (excerpt !== null) world.log(excerpt)
}

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
