import { readFile } from 'node:fs/promises'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import { MemoryKeyStore } from '../../hardware/hsm/keys/key-store.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { load } from './load.ts'
import { atLeast, atMost, type Figure, figure } from './measure.ts'

const KEYS = 10_000
const THOUSAND = 1_000
/** More than a signer keeps in its token, so that the first thousand finds it as full as the last does. */
const WARM_UP_KEYS = 3_000
const WARM_UP_ROUNDS = 3
const IN_FLIGHT = 64
const TARGET = 1.2
/** Of each thousand the best: what other programs do falls on single rounds. */
const ROUNDS = 3
/** What a signer may grow by until it is replaced: far below the default, so that this happens within the measurement. */
const GROWTH_MB = 16
/** What the batches under way may add before the signer's answer says how large it is. */
const ROOM_MB = 16
const MB = 1024 ** 2

/** Ten thousand working keys, each used in turn: what the last thousand costs beside the first, and the memory of a signer. */
export async function measureWorkingKeys(): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { path: directory } = await closing(closers, temporaryFolder())
    const token = await closing(closers, createPrivateToken({ directory }))
    const options = { token, keys: new MemoryKeyStore(), signers: 1, journal: silentJournal }
    const hsm = await closing(closers, openHsm(options))
    const limit = (await residentBytes(hsm)) + GROWTH_MB * MB
    await makeKeys(hsm, KEYS + WARM_UP_KEYS)
    for (let round = 0; round < WARM_UP_ROUNDS; round++) await usMacs(hsm, KEYS, WARM_UP_KEYS)
    const { first, last } = await bestThousands(hsm)
    const bounded = await closing(closers, openHsm({ ...options, recycleAtBytes: limit }))
    const { most, replaced } = await memoryOf(bounded)
    return [
      figure('a MAC with each of the first 1,000 keys', first, 'µs'),
      figure('a MAC with each of the tenth 1,000 keys', last, 'µs'),
      atMost('tenth thousand, ratio to the first', last / first, '×', TARGET),
      atLeast('signers replaced over 10,000 keys', replaced, '', 1),
      atMost('signer memory, most', most / MB, 'MB', Math.round(limit / MB) + ROOM_MB),
    ]
  })
}

/** What a MAC with one of the first thousand keys takes, and with one of the last, microseconds. */
async function bestThousands(hsm: Hsm): Promise<{ first: number; last: number }> {
  const best = { first: Number.POSITIVE_INFINITY, last: Number.POSITIVE_INFINITY }
  for (let round = 0; round < ROUNDS; round++) {
    const us: number[] = []
    for (let from = 0; from < KEYS; from += THOUSAND) us.push(await usMacs(hsm, from, THOUSAND))
    best.first = Math.min(best.first, us.at(0) ?? best.first)
    best.last = Math.min(best.last, us.at(-1) ?? best.last)
  }
  return best
}

/** Uses all keys, and looks at the signer after each thousand. */
async function memoryOf(hsm: Hsm): Promise<{ most: number; replaced: number }> {
  const pids = new Set(hsm.pids)
  let most = 0
  for (let from = 0; from < KEYS; from += THOUSAND) {
    await usMacs(hsm, from, THOUSAND)
    most = Math.max(most, await residentBytes(hsm))
    for (const pid of hsm.pids) pids.add(pid)
  }
  return { most, replaced: pids.size - 1 }
}

/** Resident memory of the only signer, as the kernel tells it (proc(5), status); 0 when it has just ended. */
async function residentBytes(hsm: Hsm): Promise<number> {
  const [pid] = hsm.pids
  const text = pid === undefined ? '' : await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(text)?.[1] ?? 0) * 1024
}

async function makeKeys(hsm: Hsm, count: number): Promise<void> {
  let made = 0
  await load(count, IN_FLIGHT, () =>
    hsm.generateKey({ label: `key ${made++}`, usage: 'MAC', algorithm: 'aes-128' }),
  )
}

/** Microseconds for one of them, on average. */
async function usMacs(hsm: Hsm, from: number, count: number): Promise<number> {
  const data = new Uint8Array(32)
  let next = from
  const started = performance.now()
  await load(count, IN_FLIGHT, () => hsm.generateMac({ key: `key ${next++}`, method: 'aes-cmac', data }))
  return ((performance.now() - started) * 1000) / count
}
