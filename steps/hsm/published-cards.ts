import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Hsm, VerifyArqc } from '../../hardware/hsm/hsm.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { CID } from '../../protocols/interledger/application.ts'
import { ROOT } from '../bench/places.ts'

/** A card of the published vectors, with one cryptogram. Keys are test values of the Interledger testnet. */
interface PublishedCard {
  id: string
  kind: 'aes-cmac' | 'ecdsa-p256'
  cmacKey: string
  publicKeyPem: string
  cdol1Data: string
  cryptogram: string
}

const CIDS = { 'aes-cmac': CID.aes, 'ecdsa-p256': CID.ecdsa }

function published(): PublishedCard[] {
  const file = join(ROOT, 'fixtures/vectors/ilf-testnet.json')
  const { vectors } = JSON.parse(readFileSync(file, 'utf8')) as { vectors: PublishedCard[] }
  return vectors.filter(({ kind }) => kind in CIDS)
}

/** Takes the keys of all published cards, by their ids. */
export async function importPublishedCards(hsm: Hsm): Promise<void> {
  const cards = published().map(({ id: label, kind, cmacKey, publicKeyPem }) =>
    hsm.interledger.importCardKey(
      kind === 'aes-cmac'
        ? { label, algorithm: 'aes-128', value: fromHex(cmacKey) }
        : { label, algorithm: 'ec-p256', publicKey: publicKeyPem },
    ),
  )
  await Promise.all(cards)
}

/** What the card `id` showed. Throws when there is no such card. */
export function shownBy(id: string): VerifyArqc {
  const card = published().find((one) => one.id === id)
  if (card === undefined) throw new Error(`expected a published card, got "${id}"`)
  return {
    scheme: 'interledger',
    key: id,
    cid: CIDS[card.kind],
    data: fromHex(card.cdol1Data),
    cryptogram: fromHex(card.cryptogram),
  }
}
