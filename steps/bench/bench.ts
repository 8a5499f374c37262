import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import type { Journal, Party } from '../../protocols/journal/journal.ts'
import { SwitchJournal } from '../../protocols/journal/switch-journal.ts'
import { decipherPin } from '../../protocols/pin/encipher.ts'
import { ALGORITHMS, type Algorithm } from '../../simulators/card/cryptogram.ts'
import type { Faults } from '../../simulators/card/faults.ts'
import type { CardImage } from '../../simulators/card/image.ts'
import { personalise } from '../../simulators/card/personalisation.ts'
import { type CardProfile, loadCardProfile } from '../../simulators/card/profile.ts'
import { isTestProfile, personaliseTestCard } from '../../simulators/card/test-card.ts'
import { correlatedJournal } from '../../simulators/common/correlation.ts'
import { type HttpAnswer, HttpClient } from '../../simulators/common/http-client.ts'
import { machineRandom } from '../../simulators/common/machine-random.ts'
import { once } from '../../simulators/common/once.ts'
import { ConfiguredTerminal } from '../../simulators/pos/configured-terminal.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import { TransactionKeys } from '../../simulators/pos/device/transaction-keys.ts'
import { CVM_METHODS, parseCvmList } from '../../simulators/pos/emv/cvm-list.ts'
import { configure } from '../../simulators/pos/onboarding/configure.ts'
import { loadTerminalProfile, type TerminalProfile } from '../../simulators/pos/profile.ts'
import {
  type PointOfSale,
  Terminal,
  type TerminalOptions,
  type TerminalTimeouts,
} from '../../simulators/pos/terminal.ts'
import { BenchClock } from '../bench-clock.ts'
import { benchLog, socketsOf } from '../log/bench-log.ts'
import type { Secret } from '../report/secrets.ts'
import type { KeptTerminal } from '../terminals/kept/kept-terminal.ts'
import type { Estate } from '../terminals/kept/place.ts'
import { algorithmOf } from './card-algorithm.ts'
import { type CardSlot, openSlot } from './card-slot.ts'
import { type Closer, closeAll, closing, openClosers, settleAll } from './closer.ts'
import { readPosApiAccess } from './external-pos-api.ts'
import { temporaryFolder } from './folder.ts'
import type { Holder } from './holder.ts'
import { openOutsideIssuer } from './issuer/open.ts'
import type { OutsideIssuer, Standing } from './issuer/outside-issuer.ts'
import { type Money, scaleOf, unknownCurrency } from './money.ts'
import { BenchOffice } from './office.ts'
import { decisionsOf, SIDES, type Side } from './plan.ts'
import type { ExternalPosApi } from './pos-api-schema.ts'
import { ConfigurationError, type Profile } from './profile.ts'
import { receivedBy } from './received.ts'
import { ofPrivateKey, ofText, secretsOfCard, secretsOfPin, secretsOfPlan } from './secrets.ts'
import { createWalletAddress, findWalletAddress } from './seeding.ts'
import { type Services, startServices } from './services.ts'
import { terminalSettings } from './terminal-settings.ts'
import { BenchTerminals, expectDone, nameOf } from './terminals.ts'
import { refuseCustomer } from './threads/outside.ts'
import { uniqueName } from './unique-name.ts'

export interface IssuedCard {
  /** The issuer's id of it. */
  id: string
  image: CardImage
  /** Null of a card without one. */
  pin: string | null
}

/** A merchant with one terminal. */
export interface Shop {
  merchantId: string
  currency: string
  walletAddress: string
  /** Rafiki's id of the wallet address; null when Rafiki does not know it. */
  walletAddressId: string | null
  terminal: PointOfSale
  /** What the terminal is when it was onboarded; null of one that was registered by hand. */
  device: Device | null
}

/** Whose money may have moved. */
export interface Opened {
  holders: Holder[]
  shops: Shop[]
}

export interface CardOrder {
  /** A name of fixtures/cards, or a path. */
  profile: string
  /** Minor units. */
  limit?: bigint
  faults?: Faults
  /** Digits of its PIN, when the profile asks for one; default 4. */
  pinDigits?: number
  /** Whether it may pay in other currencies than its account's; default no. */
  abroad?: boolean
}

export interface ShopOrder {
  currency: string
  /** Minor units. */
  limit?: bigint
  /** Whether Rafiki is told the merchant's wallet address; default true. */
  knownToRafiki?: boolean
  /**
   * How the merchant ASE comes to know the terminal: its key is registered by hand (the default), it goes through onboarding and key
   * injection, or not at all; or it is one of the bench's estate, and its merchant is its own.
   */
  admission?: 'registered' | 'onboarded' | 'none' | KeptTerminal
  /** A name of fixtures/terminals, a path, or, unless the terminal is onboarded for the shop, the profile itself; default the bench profile's. */
  terminal?: string | TerminalProfile
}

/** The bench: every socket filled as the profile says, and the hands of whoever stands before it. */
export class Bench {
  readonly profile: Profile
  readonly clock: BenchClock
  readonly journal: SwitchJournal
  readonly services: Services
  readonly slot: CardSlot
  /** Private: tokens, sockets and databases. */
  readonly directory: string
  /** Devices, from the factory to their keys. */
  readonly terminals: BenchTerminals
  /** The merchant ASE's own people. */
  readonly office: BenchOffice
  /** What no output may show: secrets of the services, and those of every card and terminal so far. */
  readonly secrets: Secret[] = []
  readonly #byHand: HttpClient
  /** The issuer's PIN working keys for the merchant ASE: once, when the first card has a PIN. */
  readonly #agreeOnPinKeys = once(() => this.#exchangePinKeys())
  /** The issuer of somebody else; null when it is the bench's own. */
  readonly #outsideIssuer: OutsideIssuer | null
  readonly #closers: Closer[]
  /** What a merchant who outlives the bench had received when its shop was opened. */
  readonly #receivedBefore = new WeakMap<Shop, bigint>()
  #opened: Opened = { holders: [], shops: [] }

  private constructor(
    parts: Pick<Bench, 'profile' | 'clock' | 'journal' | 'services' | 'slot' | 'directory'>,
    outsideIssuer: OutsideIssuer | null,
    closers: Closer[],
  ) {
    this.#outsideIssuer = outsideIssuer
    this.profile = parts.profile
    this.clock = parts.clock
    this.journal = parts.journal
    this.services = parts.services
    this.slot = parts.slot
    this.directory = parts.directory
    const { hosts } = parts.services.plan
    this.#byHand = new HttpClient({ from: 'bench', clock: this.clock, journal: this.journal, hosts })
    this.office = new BenchOffice(this.#byHand, parts.services.plan.office)
    this.#closers = closers
    this.secrets.push(...secretsOfPlan(this.services.plan), ...(outsideIssuer?.secrets ?? []))
    this.terminals = new BenchTerminals(this)
    closers.push(
      () => this.terminals.close(),
      () => this.#byHand.close(),
    )
  }

  /**
   * Starts everything; `estate`: whose terminals the merchant ASE knows already. Throws what was expected, what came and what to do; then
   * nothing is left running.
   */
  static async start(profile: Profile, estate: Estate | null = null): Promise<Bench> {
    const closers = openClosers()
    closers.push(() => benchLog().say('bench stopped'))
    try {
      const clock = new BenchClock()
      closers.push(() => clock.close())
      const journal = new SwitchJournal()
      const outsideIssuer = await openOutsideIssuer(profile.customerAse, closers)
      const { path: directory } = await closing(closers, temporaryFolder())
      const [services, slot] = await settleAll([
        closing(closers, startServices({ profile, directory, estate, clock, journal })),
        closing(closers, openSlot(profile.card.transport, directory, clock)),
      ])
      const bench = new Bench({ profile, clock, journal, services, slot, directory }, outsideIssuer, closers)
      for (const pin of await services.customer.tokenPins()) bench.secrets.push(ofText('PIN of a token', pin))
      benchLog().say('bench started', socketsOf(profile))
      return bench
    } catch (error) {
      await closeAll(closers)
      throw error
    }
  }

  /** From now on everything is recorded in `journal`; without one, nothing is. Times are those of `sharedMicroseconds`. */
  async recordTo(journal?: Journal): Promise<void> {
    this.journal.to(journal === undefined ? journal : correlatedJournal(journal))
    const wanted = journal !== undefined
    await Promise.all(this.services.parts.map((part) => part.record(wanted)))
  }

  /**
   * Lets time pass: puts every clock of the bench forward; where Rafiki is not the bench's own, whose clock is the machine's, it waits.
   * Throws when that would be too long for a scenario.
   */
  async pass(milliseconds: number): Promise<void> {
    if (this.services.plan.instances === null) return this.#wait(milliseconds)
    this.clock.advance(milliseconds)
    await this.advanceSides(SIDES, milliseconds)
  }

  async #wait(milliseconds: number): Promise<void> {
    if (milliseconds > MOST_WAIT_MS)
      throw new Error(
        `expected to wait ${MOST_WAIT_MS / 1_000} s at most for a Rafiki whose clock is the machine's, got ${milliseconds / 1_000} s: tag the scenario @requires:embedded-rafiki`,
      )
    await new Promise<void>((resolve) => this.clock.after(milliseconds, resolve))
  }

  /** Puts the clocks of these sides' ASEs and Rafikis forward, and no others. */
  async advanceSides(sides: readonly Side[], milliseconds: number): Promise<void> {
    await Promise.all(this.services.parts.map((part) => part.advance(sides, milliseconds)))
  }

  /** A new cardholder with a wallet address and a balance; of an issuer of somebody else, the one who is there. */
  async openAccount({ value, currency, scale }: Money): Promise<Holder> {
    const { admin, assets, customer, plan } = this.services
    if (this.#outsideIssuer !== null)
      return this.#outsideIssuer.holder(admin.customer, { value, currency, scale })
    const walletAddress = `https://${plan.walletHost.customer}/${uniqueName('holder')}`
    const walletAddressId = await createWalletAddress(admin.customer, {
      url: walletAddress,
      assetId: assetOf(assets.customer, currency),
      publicName: 'Cardholder',
      properties: decisionsOf(plan),
    })
    const account = await customer.openAccount({
      walletAddress,
      walletAddressId,
      assetCode: currency,
      assetScale: scale,
      balance: value,
    })
    const holder = { accountId: account.id, walletAddress, walletAddressId, currency, scale, opened: value }
    this.#opened.holders.push(holder)
    return holder
  }

  /**
   * The issuer makes a card for an account: key from the HSM, wallet address bound, personalised by the card profile. One of somebody else has
   * made it before. A card of a profile with test keys is made without the issuer, who does not know it.
   */
  async issueCard(
    holder: Holder,
    { profile: name, limit, faults = {}, pinDigits, abroad = false }: CardOrder,
  ): Promise<IssuedCard> {
    const profile = loadCardProfile(name)
    if (isTestProfile(profile))
      return { id: `test card ${name}`, image: personaliseTestCard(profile, { faults }), pin: null }
    if (this.#outsideIssuer !== null) {
      if (limit !== undefined || abroad || pinDigits !== undefined) refuseCustomer()
      const { id, image } = await this.#outsideIssuer.card(holder, profile, faults, this.slot)
      this.secrets.push(...secretsOfCard(image))
      return { id, image, pin: null }
    }
    const { customer, plan } = this.services
    const { pinMailer, ...record } = await customer.issueCard({
      accountId: holder.accountId,
      algorithm: algorithmOf(profile),
      limit: limit ?? null,
      abroad,
      pinFrom: pinFromOf(profile),
      ...(pinDigits === undefined ? {} : { pinDigits }),
    })
    const image = personalise({
      record,
      transportKey: plan.transportKey,
      profile,
      faults,
      atc: faults.freezeAtc ? 1 : 0,
    })
    this.secrets.push(...secretsOfCard(image))
    const pin = pinMailer === null ? null : this.#pinOf(record.pan, pinMailer)
    if (pin !== null) await this.#agreeOnPinKeys()
    return { id: record.cardId, image, pin }
  }

  /** What a cardholder's account has: by the issuer's books, or, where they are not open, by what its Rafiki says has moved. */
  async accountOf(holder: Holder): Promise<Standing> {
    const { admin, customer } = this.services
    if (this.#outsideIssuer !== null) return this.#outsideIssuer.account(admin.customer, holder)
    const account = await customer.account(holder.accountId)
    if (account === null) throw new Error('expected the account to exist')
    return account
  }

  /** The kinds of keys of the cards that scenarios can pay with. */
  get cardAlgorithms(): readonly Algorithm[] {
    return this.#outsideIssuer?.algorithms ?? ALGORITHMS
  }

  /** Takes the card out of the reader; a handed-over one goes on counting there the next time. */
  async takeCardOut(): Promise<void> {
    await this.slot.remove()
    await this.#outsideIssuer?.countOn(this.slot)
  }

  /** A new merchant with a wallet address in one currency and a terminal. */
  async openShop({
    currency,
    limit,
    knownToRafiki = true,
    admission = 'registered',
    terminal,
  }: ShopOrder): Promise<Shop> {
    const { merchantAse } = this.profile
    if (merchantAse.socket === 'external') return this.#outsideShop(merchantAse, currency, terminal)
    const name = uniqueName('shop')
    const kept = typeof admission === 'object' ? admission : null
    const merchantId = kept === null ? name : await this.#merchantOf(kept)
    const { admin, assets, merchant, plan } = this.services
    const walletAddress = `https://${plan.walletHost.merchant}/${name}`
    const request = { url: walletAddress, assetId: assetOf(assets.merchant, currency), publicName: name }
    const walletAddressId = knownToRafiki ? await createWalletAddress(admin.merchant, request) : null
    const wallet = {
      walletAddress,
      assetCode: currency,
      assetScale: scaleOf(currency),
      ...(walletAddressId === null ? {} : { walletAddressId }),
      ...(limit === undefined ? {} : { limit }),
    }
    if (kept === null) await merchant.registerMerchant({ id: name, name, wallets: [wallet] })
    else await merchant.setWallets(merchantId, [wallet])
    const shop = {
      merchantId,
      currency,
      walletAddress,
      walletAddressId,
      ...(await this.#admitted(admission, terminal, { merchantId, wallets: { [currency]: walletAddress } })),
    }
    this.#opened.shops.push(shop)
    return shop
  }

  /** A terminal that is this onboarded device; `changes`: where it calls, as whom, and who signs, when it is to be wrong. */
  terminalOf(profile: TerminalProfile, device: Device, changes: Partial<Way> = {}): Terminal {
    const { terminalsUrl } = this.services.plan
    const keys = new TransactionKeys(device)
    const own = { key: device.signRequest, as: device.tlsClient, posApiUrl: terminalsUrl, keys }
    return this.#terminal(profile, { ...own, ...changes })
  }

  /** The cardholders and merchants that were opened since this was last asked. */
  takeOpened(): Opened {
    const opened = this.#opened
    this.#opened = { holders: [], shops: [] }
    return opened
  }

  /** A terminal that is this onboarded device, and works by the configuration that the device has fetched. */
  configuredTerminal(device: Device): PointOfSale {
    return new ConfiguredTerminal(device, { ...this.#around(), posApiUrl: this.services.plan.terminalsUrl })
  }

  /** What a merchant has received by card since its shop was opened, in minor units. */
  async received(shop: Shop): Promise<bigint> {
    const all = await receivedBy(this.#byHand, this.services.plan.pointOfSaleUrl, shop.walletAddress)
    return all - (this.#receivedBefore.get(shop) ?? 0n)
  }

  /** Fetches something by hand, as somebody on the network could. */
  get(to: Party, request: { url: string; headers?: Record<string, string> }): Promise<HttpAnswer> {
    return this.#byHand.call({ ...request, to, method: 'GET', timeoutMs: 5_000 })
  }

  /** Posts something by hand, as somebody on the network could. */
  post(
    to: Party,
    request: { url: string; headers: Record<string, string>; body: unknown },
  ): Promise<HttpAnswer> {
    return this.#byHand.call({ ...request, to, method: 'POST', timeoutMs: 5_000 })
  }

  async close(): Promise<void> {
    this.journal.to()
    try {
      await this.takeCardOut()
    } finally {
      await closeAll(this.#closers)
    }
  }

  /** Opens the letter to a cardholder. */
  #pinOf(pan: string, mailer: string): string {
    const { pinMailerKey: key } = this.services.plan
    const read = decipherPin({ format: 4, key, pan }, fromHex(mailer))
    if (!read.ok) throw new Error(`expected a PIN in the letter of a card, got: ${read.reason}`)
    this.secrets.push(...secretsOfPin(read.pin))
    return read.pin
  }

  /** The merchant and the terminal that somebody else's merchant ASE knows. */
  async #outsideShop(
    outside: ExternalPosApi,
    currency: string,
    terminal: string | TerminalProfile = this.profile.pos.terminal,
  ): Promise<Shop> {
    const { merchant } = outside
    if (currency !== merchant.currency) throw unknownCurrency(currency, [merchant.currency])
    const { key, trustedRoots } = await readPosApiAccess(outside)
    this.secrets.push(ofPrivateKey('key of a terminal', key))
    const { clock, journal } = this
    const http = new HttpClient({ from: 'pos', clock, journal, ...(trustedRoots && { trustedRoots }) })
    this.#closers.push(() => http.close())
    const { walletAddress } = merchant
    const profile = await this.#terminalProfile(terminal, merchant.id, { [currency]: walletAddress })
    const own = { ...profile, id: outside.terminal.id }
    const way = { key, posApiUrl: outside.posApiUrl }
    const before = await receivedBy(this.#byHand, this.services.plan.pointOfSaleUrl, walletAddress)
    const shop = {
      merchantId: merchant.id,
      currency,
      walletAddress,
      walletAddressId: await findWalletAddress(this.services.admin.merchant, walletAddress),
      terminal: new Terminal({ profile: own, ...way, ...this.#around(), http }),
      device: null,
    }
    this.#receivedBefore.set(shop, before)
    return shop
  }

  async #terminalProfile(
    terminal: string | TerminalProfile = this.profile.pos.terminal,
    merchantId: string,
    wallets: Record<string, string>,
  ): Promise<TerminalProfile> {
    const profile = typeof terminal === 'string' ? await loadTerminalProfile(terminal) : terminal
    return { ...profile, id: `${profile.id}-${merchantId}`, wallets: { ...profile.wallets, ...wallets } }
  }

  async #admitted(
    admission: NonNullable<ShopOrder['admission']>,
    terminal: ShopOrder['terminal'],
    { merchantId, wallets }: { merchantId: string; wallets: Record<string, string> },
  ): Promise<Pick<Shop, 'terminal' | 'device'>> {
    if (admission === 'onboarded') return this.#onboarded(terminal, merchantId)
    const profile = await this.#terminalProfile(terminal, merchantId, wallets)
    if (typeof admission === 'object') return this.#kept(profile, admission)
    return this.#registered(profile, admission === 'none' ? null : merchantId)
  }

  async #registered(
    profile: TerminalProfile,
    merchantId: string | null,
  ): Promise<Pick<Shop, 'terminal' | 'device'>> {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    this.secrets.push(ofPrivateKey('key of a terminal', privateKey))
    const { merchant, plan } = this.services
    if (merchantId !== null) await merchant.registerTerminal({ id: profile.id, merchantId, publicKey })
    return { terminal: this.#terminal(profile, { key: privateKey, posApiUrl: plan.posApiUrl }), device: null }
  }

  /** Its settings come from the merchant ASE, as its keys do. */
  async #onboarded(
    terminal: string | TerminalProfile = this.profile.pos.terminal,
    merchantId: string,
  ): Promise<Pick<Shop, 'terminal' | 'device'>> {
    if (typeof terminal !== 'string')
      throw new Error('expected the name of a terminal profile, whose settings the merchant ASE sends')
    const { dukpt } = await loadTerminalProfile(terminal)
    const device = await this.terminals.onboarded(merchantId, dukpt)
    await this.office.configure(nameOf(device), await terminalSettings(terminal))
    expectDone(await configure(device, this.terminals.options()))
    return { terminal: this.configuredTerminal(device), device }
  }

  async #kept(profile: TerminalProfile, { device, keep }: KeptTerminal) {
    const keys = new TransactionKeys(device, keep)
    return { terminal: this.terminalOf({ ...profile, id: nameOf(device) }, device, { keys }), device }
  }

  /** Whose terminal it is by the registry. */
  async #merchantOf({ device }: KeptTerminal): Promise<string> {
    const name = nameOf(device)
    const line = (await this.office.terminals()).find(({ terminalId }) => terminalId === name)
    if (line !== undefined) return line.merchantId
    throw new ConfigurationError(
      `expected ${name} in the registry of terminals, it is not there: name the database of its onboarding (DATABASE_URL)`,
    )
  }

  async #exchangePinKeys(): Promise<void> {
    const { merchant, customer } = this.services
    const components = [new Uint8Array(randomBytes(16)), new Uint8Array(randomBytes(16))] as const
    for (const bytes of components) this.secrets.push({ name: 'component of a zone master key', bytes })
    await merchant.takeZonePinKeys(components, await customer.sharePinKeys(components))
  }

  #terminal(profile: TerminalProfile, way: Way): Terminal {
    return new Terminal({ profile, ...way, ...this.#around() })
  }

  /** What every terminal of the bench shares. */
  #around(): Pick<TerminalOptions, 'clock' | 'random' | 'journal' | 'http' | 'timeouts'> {
    return {
      clock: this.clock,
      random: machineRandom,
      journal: this.journal,
      http: this.terminals.http,
      timeouts: TIMEOUTS,
    }
  }
}

/** How a terminal reaches the POS API. */
type Way = Pick<TerminalOptions, 'key' | 'as' | 'posApiUrl' | 'keys'>

// A step of a scenario may take 90 s.
const MOST_WAIT_MS = 70_000

// A virtual reader tells of a card within its poll period of 400 ms.
const TIMEOUTS: Partial<TerminalTimeouts> = { card: 2_000 }

function assetOf(assets: Record<string, string>, currency: string): string {
  const id = assets[currency]
  if (id !== undefined) return id
  throw unknownCurrency(currency, Object.keys(assets))
}

/** Amount from which on a card of this profile wants a PIN for the issuer: X of its CVM List; null when it wants none. */
function pinFromOf({ applications }: CardProfile): bigint | null {
  const list = applications[0]?.data['8E']
  if (list === undefined) return null
  const { amountX, rules } = parseCvmList(fromHex(list))
  return rules.some(({ method }) => CVM_METHODS.get(method)?.onlinePin) ? amountX : null
}
