import { fromHex } from '../../../protocols/bytes/bytes.ts'
import type { Algorithm } from '../../../simulators/card/cryptogram.ts'
import type { Faults } from '../../../simulators/card/faults.ts'
import type { CardImage } from '../../../simulators/card/image.ts'
import { PersonalisationError, personalise } from '../../../simulators/card/personalisation.ts'
import { type CardProfile, loadCardProfile } from '../../../simulators/card/profile.ts'
import type { Secret } from '../../report/secrets.ts'
import { lockFolder } from '../../terminals/kept/lock.ts'
import { algorithmOf } from '../card-algorithm.ts'
import type { CardSlot } from '../card-slot.ts'
import { type Closer, closing } from '../closer.ts'
import type { Holder } from '../holder.ts'
import { type Money, unknownCurrency } from '../money.ts'
import { ConfigurationError } from '../profile.ts'
import type { Admin } from '../seeding.ts'
import { type HandedOverCard, readHandedOver, takeCounter, writeCounter } from './handed-over.ts'
import { type Known, knownPayments, movedSince } from './moved.ts'
import type { ExternalIssuer } from './schema.ts'

/** What an account has, in minor units, and what is promised to payments under way. */
export interface Standing {
  balance: bigint
  reserved: bigint
  /** Sum of the issuer's ledger; of one whose books are not open the same as `balance`. */
  ledger: bigint
}

/** What scenarios call an ordinary card, by the kind of its key. */
const ORDINARY: Readonly<Record<Algorithm, string>> = {
  'aes-128': 'interledger',
  'ec-p256': 'interledger-p256',
}

const FIND_WALLET =
  'query FindWallet($url: String!) { walletAddressByUrl(url: $url) { id asset { code scale } } }'

interface Wallet {
  id: string
  asset: { code: string; scale: number }
}

/** The issuer of somebody else: its accounts are there, its cards are those that it has handed over, and its Rafiki tells what has moved. */
export class OutsideIssuer {
  readonly #cards: readonly HandedOverCard[]
  readonly #transportKey: string
  readonly #known = new WeakMap<Holder, Known>()
  #given: { card: HandedOverCard; image: CardImage } | null = null

  private constructor(cards: readonly HandedOverCard[], transportKey: string) {
    this.#cards = cards
    this.#transportKey = transportKey
  }

  /** Reads the cards. Nobody else counts them on meanwhile. Throws {@link ConfigurationError}. */
  static async open({ cards }: ExternalIssuer, closers: Closer[]): Promise<OutsideIssuer> {
    if (cards === null) return new OutsideIssuer([], '')
    const read = await readHandedOver(cards.records)
    await closing(closers, lockFolder(cards.records))
    return new OutsideIssuer(read, cards.transportKey)
  }

  /** The key that its card keys came under, and the numbers of its cards. */
  get secrets(): readonly Secret[] {
    if (this.#cards.length === 0) return []
    const pans = this.#cards.map(({ record }) => ({ name: 'PAN', digits: record.pan }))
    return [{ name: 'transport key', bytes: fromHex(this.#transportKey) }, ...pans]
  }

  /** The kinds of keys of its cards. */
  get algorithms(): readonly Algorithm[] {
    return [...new Set(this.#cards.map(({ record }) => record.key.algorithm))]
  }

  /** The cardholder with an account in this currency; what it is opened with is what a scenario says. */
  async holder(admin: Admin, { value, currency, scale }: Money): Promise<Holder> {
    const addresses = new Set(this.#cards.map(({ record }) => record.walletAddress))
    const currencies: string[] = []
    for (const walletAddress of addresses) {
      const { id, asset } = await walletOf(admin, walletAddress)
      currencies.push(asset.code)
      if (asset.code !== currency || asset.scale !== scale) continue
      const holder = { accountId: id, walletAddress, walletAddressId: id, currency, scale, opened: value }
      this.#known.set(holder, await knownPayments(admin, id))
      return holder
    }
    if (currencies.length > 0) throw unknownCurrency(currency, currencies)
    throw new ConfigurationError(
      'expected customerAse.cards, the personalisation records of its cards: without them only a card in a reader can pay (tap --reader)',
    )
  }

  /** A card of this profile for the cardholder, made of a record that was handed over; goes on counting where it was left. */
  async card(
    holder: Holder,
    profile: CardProfile,
    faults: Faults,
    slot: CardSlot,
  ): Promise<{ id: string; image: CardImage }> {
    const own = this.#cards.filter(({ record }) => record.walletAddress === holder.walletAddress)
    return this.#give(fitting(own, profile), faults, slot)
  }

  /** The first card of this profile, whoever's it is. */
  async anyCard(profile: CardProfile, slot: CardSlot): Promise<CardImage> {
    const { image } = await this.#give(fitting(this.#cards, profile), {}, slot)
    return image
  }

  async #give({ card, applet }: Fitting, faults: Faults, slot: CardSlot) {
    await this.countOn(slot)
    const last = await takeCounter(card)
    const image = this.#personalise(card, applet, faults, faults.freezeAtc ? last + 1 : last)
    this.#given = { card, image }
    return { id: card.record.cardId, image }
  }

  /** Writes down how far the card that was given last has come. */
  async countOn(slot: CardSlot): Promise<void> {
    if (this.#given === null) return
    const { card, image } = this.#given
    this.#given = null
    await writeCounter(card, (await slot.counterOf(image)) ?? image.atc)
  }

  /** What the account has by what its Rafiki says has moved since it was opened: its own books are not open. */
  async account(admin: Admin, holder: Holder): Promise<Standing> {
    const known = this.#known.get(holder)
    if (known === undefined) throw new Error('expected a cardholder of the issuer of somebody else')
    const { sent, underWay, received } = await movedSince(admin, holder.walletAddressId, known)
    const balance = holder.opened - sent + received
    return { balance, reserved: underWay, ledger: balance }
  }

  #personalise({ file, record }: HandedOverCard, profile: CardProfile, faults: Faults, atc: number) {
    try {
      return personalise({ record, transportKey: fromHex(this.#transportKey), profile, faults, atc })
    } catch (error) {
      if (!(error instanceof PersonalisationError)) throw error
      throw new ConfigurationError(`${file}: ${error.message}`)
    }
  }
}

interface Fitting {
  card: HandedOverCard
  applet: CardProfile
}

/** The first card with a key for this profile; where there is none, an ordinary card is whichever there is. */
function fitting(cards: readonly HandedOverCard[], profile: CardProfile): Fitting {
  const wanted = algorithmOf(profile)
  const found = cards.find(({ record }) => record.key.algorithm === wanted)
  if (found !== undefined) return { card: found, applet: profile }
  const [other] = cards
  if (other !== undefined && profile.name === ORDINARY['aes-128'])
    return { card: other, applet: loadCardProfile(ORDINARY[other.record.key.algorithm]) }
  throw new ConfigurationError(
    `expected a personalisation record with a key of ${wanted} in customerAse.cards.records, for card profile ${profile.name}`,
  )
}

async function walletOf(admin: Admin, url: string): Promise<Wallet> {
  const { walletAddressByUrl } = await admin.run<{ walletAddressByUrl: Wallet | null }>(FIND_WALLET, { url })
  if (walletAddressByUrl !== null) return walletAddressByUrl
  throw new ConfigurationError(
    `expected the customer's Rafiki to know ${url}, the wallet address of a card in customerAse.cards.records: make it there, or hand over another card`,
  )
}
