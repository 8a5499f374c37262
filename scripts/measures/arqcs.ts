import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { measureFloor } from '../../hardware/hsm/floor.ts'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { CDOL1_DATA_BYTES, CID } from '../../protocols/interledger/application.ts'
import { aesCryptogram } from '../../protocols/interledger/cryptogram.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { load } from './load.ts'
import { atLeast, type Figure, figure, type MeasureOptions } from './measure.ts'
import { inTurns } from './turns.ts'

const KEY = 'measured'
const IN_FLIGHT = 128
const TARGET = 1
// A check takes some 30 µs: fewer would not outlast the start of a batch.
const CHECKS_PER_ROUND = 20
/** A signer that has just started runs JavaScript that was not compiled yet; the C loop has nothing of that kind. */
const WARM_UP = 10_000

/** ARQC checks a second in the HSM layer, beside a C loop of the same PKCS#11 calls on the same token. */
export async function measureArqcs({ rounds, cacheDirectory }: MeasureOptions): Promise<Figure[]> {
  return withClosers(async (closers) => {
    const { path: directory } = await closing(closers, temporaryFolder())
    const token = await closing(closers, createPrivateToken({ directory: join(directory, 'token') }))
    const hsm = await closing(closers, openHsm({ token, signers: 2, journal: silentJournal }))
    const value = new Uint8Array(randomBytes(16))
    await hsm.interledger.importCardKey({ label: KEY, algorithm: 'aes-128', value })
    const data = new Uint8Array(randomBytes(CDOL1_DATA_BYTES))
    const cryptogram = aesCryptogram(value, data)
    const check = async () => {
      const matches = await hsm.interledger.verifyArqc({
        scheme: 'interledger',
        key: KEY,
        cid: CID.aes,
        data,
        cryptogram,
      })
      if (!matches) throw new Error('expected every measured cryptogram to match')
    }
    const perSecond = async (count: number) => {
      const started = performance.now()
      await load(count, IN_FLIGHT, check)
      return (count * 1000) / (performance.now() - started)
    }
    const floor = async (count: number) =>
      (await measureFloor({ token, work: ['arqc', value, data, cryptogram], rounds: count, cacheDirectory }))
        .opsPerSecond
    await load(WARM_UP, IN_FLIGHT, check)
    const compared = await inTurns(rounds * CHECKS_PER_ROUND, perSecond, floor)
    return [
      figure('ARQC checks, 2 signers', compared.own, '/s'),
      figure('ARQC checks of the C loop', compared.floor, '/s'),
      atLeast('ARQC checks, ratio to the C loop', compared.ratio, '×', TARGET),
    ]
  })
}
