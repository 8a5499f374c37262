import { join } from 'node:path'
import { type FloorWork, measureFloor } from '../../hardware/hsm/floor.ts'
import { type Hsm, openHsm } from '../../hardware/hsm/hsm.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { CDOL1_DATA_BYTES, CID } from '../../protocols/interledger/application.ts'
import { aesCryptogram } from '../../protocols/interledger/cryptogram.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { aesCmac } from '../../protocols/mac/cmac.ts'
import { machineRandom as random } from '../../simulators/common/machine-random.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { load } from './load.ts'
import { atLeast, type Figure, figure, type MeasureOptions, percentile } from './measure.ts'
import { processorTime } from './processor-time.ts'
import { inTurns } from './turns.ts'

const KEY = 'measured'
const IN_FLIGHT = 256
/** Signers that have just started run JavaScript that was not compiled yet, for some 20,000 operations each; the C loop has nothing of that kind. */
const WARM_UP = 40_000
const MESSAGE_BYTES = 64
const DIGEST_BYTES = 32

/** One operation of the HSM beside the C loop of its PKCS#11 calls. */
interface Subject {
  readonly name: string
  /** Least share of the C loop's operations a second. */
  readonly target: number
  readonly operationsPerRound: number
  readonly work: FloorWork
  readonly prepare: (hsm: Hsm) => Promise<unknown>
  readonly once: (hsm: Hsm) => Promise<unknown>
}

/** Checks of `interledger` cards' cryptograms with two signers, beside the C loop. */
export function measureArqcs(options: MeasureOptions): Promise<Figure[]> {
  const value = random(16)
  const data = random(CDOL1_DATA_BYTES)
  const cryptogram = aesCryptogram(value, data)
  return measure(options, {
    name: 'ARQC checks',
    target: 1,
    operationsPerRound: 20,
    work: ['arqc', value, data, cryptogram],
    prepare: (hsm) => hsm.interledger.importCardKey({ label: KEY, algorithm: 'aes-128', value }),
    once: async (hsm) => {
      const shown = { scheme: 'interledger', key: KEY, cid: CID.aes, data, cryptogram } as const
      if (!(await hsm.interledger.verifyArqc(shown)))
        throw new Error('expected every measured cryptogram to match')
    },
  })
}

/** AES-CMAC over 64 bytes with two signers, beside the C loop. */
export function measureMacs(options: MeasureOptions): Promise<Figure[]> {
  const value = random(16)
  const data = random(MESSAGE_BYTES)
  return measure(options, {
    name: 'AES-CMACs',
    target: 0.8,
    operationsPerRound: 40,
    work: ['cmac', value, data, aesCmac(value, data)],
    prepare: (hsm) => hsm.importKey({ label: KEY, usage: 'MAC', algorithm: 'aes-128', value }),
    once: (hsm) => hsm.generateMac({ key: KEY, method: 'aes-cmac', data }),
  })
}

/** ECDSA P-256 with two signers, beside the C loop. */
export function measureSignatures(options: MeasureOptions): Promise<Figure[]> {
  const digest = random(DIGEST_BYTES)
  return measure(options, {
    name: 'ECDSA P-256 signatures',
    target: 1.3,
    operationsPerRound: 10,
    work: ['ecdsa', digest],
    prepare: (hsm) => hsm.generateKeyPair({ label: KEY, algorithm: 'ec-p256' }),
    once: (hsm) => hsm.sign({ key: KEY, data: digest }),
  })
}

async function measure(
  { rounds, cacheDirectory }: MeasureOptions,
  { name, target, operationsPerRound, work, prepare, once }: Subject,
): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { path: directory } = await closing(closers, temporaryFolder())
    const token = await closing(closers, createPrivateToken({ directory: join(directory, 'token') }))
    const hsm = await closing(closers, openHsm({ token, signers: 2, journal: silentJournal }))
    await prepare(hsm)
    const processorUs = { own: [] as number[], floor: [] as number[] }
    const own = async (count: number) => {
      const [started, before] = [performance.now(), await processorTime(hsm.pids)]
      await load(count, IN_FLIGHT, () => once(hsm))
      const ms = performance.now() - started
      processorUs.own.push(((await processorTime(hsm.pids)) - before) / count)
      return (count * 1000) / ms
    }
    const floor = async (count: number) => {
      const found = await measureFloor({ token, work, rounds: count, cacheDirectory })
      processorUs.floor.push(found.processorUs)
      return found.opsPerSecond
    }
    await load(WARM_UP, IN_FLIGHT, () => once(hsm))
    const compared = await inTurns(rounds * operationsPerRound, own, floor)
    return [
      figure(`${name}, 2 signers`, compared.own, '/s'),
      figure(`${name}, processor time of one`, percentile(processorUs.own, 0.5), 'µs'),
      figure(`${name} of the C loop`, compared.floor, '/s'),
      figure(`${name} of the C loop, processor time of one`, percentile(processorUs.floor, 0.5), 'µs'),
      atLeast(`${name}, ratio to the C loop`, compared.ratio, '×', target),
    ]
  })
}
