import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import type { RemovableToken } from '../../hardware/hsm/test-support/removable-token.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { makePair } from '../../steps/hsm/token-pair.ts'
import { atLeast, atMost, type Figure, figure, percentile } from './measure.ts'

const KEY = 'signing'
const SECONDS = 60
/** Asked for, whatever comes back: a request is due at its moment, and late from then on. */
const PER_SECOND = 1_100
const TARGET_PER_SECOND = 1_000
const TARGET_MS = 100
const TICK_MS = 10
const KILL_EVERY_MS = 5_000
const PULLED_AFTER_MS = 15_000
const PLUGGED_AFTER_MS = 27_000

/** What became of one request: milliseconds from when it was due, and the signature. */
interface Answered {
  readonly id: number
  readonly ms: number
  readonly signature: Uint8Array
}

/**
 * Signatures over 60 seconds while a signer is killed every five and one of two tokens is pulled out for twelve. Each request is over a digest of
 * its own, so that an answer to another one would not verify; all are verified.
 */
export async function measureAvailability(): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { path } = await closing(closers, temporaryFolder())
    const [token, second] = await makePair(path)
    const journal = new SignatureCount()
    const hsm = await closing(closers, openHsm({ token, twins: [second], signers: 2, journal }))
    const { publicKey } = await hsm.generateKeyPair({ label: KEY, algorithm: 'ec-p256' })
    const disturbing = disturb(hsm, second)
    const { asked, answers } = await signFor(hsm, SECONDS)
    await disturbing
    if (hsm.tokens.some(({ standing }) => standing !== 'there'))
      throw new Error('expected both tokens to be there in the end, got one that is not')
    return figures(asked, answers, journal, createPublicKey(publicKey))
  })
}

function figures(
  asked: number,
  answers: readonly Answered[],
  journal: SignatureCount,
  key: KeyObject,
): Figure[] {
  const times = answers.map(({ ms }) => ms)
  const good = answers.filter(({ id, signature }) =>
    verify('sha256', messageOf(id), { key, dsaEncoding: 'ieee-p1363' }, signature),
  ).length
  return [
    atLeast('signatures, a signer killed every 5 s', good / SECONDS, '/s', TARGET_PER_SECOND),
    figure('signatures, p50', percentile(times, 0.5), 'ms'),
    atMost('signatures, p99', percentile(times, 0.99), 'ms', TARGET_MS),
    figure('signatures, slowest', percentile(times, 1), 'ms'),
    atMost('signatures lost or wrong', asked - good, '', 0),
    atMost('signatures answered twice', journal.total - asked, '', 0),
    ...[...journal.byToken].map(([name, count]) => figure(`signatures of token "${name}"`, count, '')),
  ]
}

/** What the journal has of signatures: one entry for each request, and which token did it. */
class SignatureCount implements Journal {
  readonly byToken = new Map<string, number>()
  total = 0

  record(event: Parameters<Journal['record']>[0]): void {
    if (event.kind !== 'hsm' || event.operation !== 'Sign' || event.result !== 'done') return
    this.total += 1
    this.byToken.set(event.token, (this.byToken.get(event.token) ?? 0) + 1)
  }
}

async function signFor(hsm: Hsm, seconds: number): Promise<{ asked: number; answers: Answered[] }> {
  const answers: Answered[] = []
  const waiting: Promise<unknown>[] = []
  const began = performance.now()
  let asked = 0
  const ask = (id: number, due: number) =>
    hsm.sign({ key: KEY, data: createHash('sha256').update(messageOf(id)).digest() }).then((signature) => {
      answers.push({ id, ms: performance.now() - due, signature })
    })
  while (asked < seconds * PER_SECOND) {
    const due = Math.min(((performance.now() - began) / 1000) * PER_SECOND, seconds * PER_SECOND)
    for (; asked < due; asked++) {
      const id = asked
      // Lost ones are counted, by their absence.
      waiting.push(ask(id, began + (id * 1000) / PER_SECOND).catch(() => undefined))
    }
    await setTimeout(TICK_MS)
  }
  await Promise.all(waiting)
  return { asked, answers }
}

/** Kills a signer of each token in turn, and takes one token away in between. */
async function disturb(hsm: Hsm, token: RemovableToken): Promise<void> {
  let kills = 0
  for (let at = KILL_EVERY_MS; at < SECONDS * 1000; at += KILL_EVERY_MS) {
    await setTimeout(KILL_EVERY_MS)
    const there = hsm.tokens.filter(({ pids }) => pids.length > 0)
    const [pid] = there[kills++ % there.length]?.pids ?? []
    if (pid !== undefined) process.kill(pid, 'SIGKILL')
    if (at === PULLED_AFTER_MS) {
      await token.pullOut()
      await setTimeout(PLUGGED_AFTER_MS - PULLED_AFTER_MS)
      await token.plugIn()
      at = PLUGGED_AFTER_MS
    }
  }
}

function messageOf(id: number): Uint8Array {
  return Buffer.from(`request ${id}`)
}
