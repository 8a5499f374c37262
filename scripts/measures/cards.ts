import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import { personalise } from '../../simulators/card/personalisation.ts'
import { loadCardProfile } from '../../simulators/card/profile.ts'
import { type Closer, closing } from '../../steps/bench/closer.ts'
import { WALLET_HOST } from '../../steps/bench/embedded-plan.ts'

/** An `interledger` card with a key from an HSM of its own, for measures that need no issuer. */
export async function issueTestCard(directory: string, closers: Closer[]): Promise<CardImage> {
  const token = await closing(closers, createPrivateToken({ directory: join(directory, 'card-token') }))
  const hsm = await closing(closers, openHsm({ token, signers: 1, journal: silentJournal }))
  const transportKey = new Uint8Array(randomBytes(16))
  await hsm.interledger.importTransportKey('transport', transportKey)
  const key = await hsm.interledger.generateCardKey({
    label: 'card',
    algorithm: 'aes-128',
    transportKey: 'transport',
  })
  const record = {
    cardId: 'measured',
    pan: '9999990100000004',
    panSequenceNumber: '01',
    expiry: '491231',
    walletAddress: `https://${WALLET_HOST}/measured`,
    key: {
      algorithm: 'aes-128',
      wrapped: Buffer.from(key.wrapped).toString('hex'),
      kcv: key.kcv,
      publicKey: null,
    },
  }
  return personalise({ record, transportKey, profile: loadCardProfile('interledger') })
}
