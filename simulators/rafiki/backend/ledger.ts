import type { Clock, Timer } from '../../../protocols/clock/clock.ts'
import { isUuid, type Random, uuid } from '../../common/uuid.ts'
import type { Asset } from './assets.ts'
import { Refusal } from './refusals.ts'

/** Something that holds money of one asset: an asset's own liquidity, a peer, a payment. */
export interface Account {
  readonly id: string
  readonly asset: Asset
  /** What is there and not on its way out. */
  balance: bigint
  /** What has come in so far. */
  credited: bigint
  /** What has gone out so far; withdrawals count too, as in Rafiki. */
  debited: bigint
  /** An event tells the ASE when a transfer leaves no more than this. */
  readonly liquidityThreshold?: bigint | null
}

/** A line of the ledger. Deposits come from the asset's settlement account, whose id is the number of the asset's ledger. */
export interface Transfer {
  readonly id: string
  readonly debitAccountId: string
  readonly creditAccountId: string
  readonly amount: bigint
  readonly ledger: number
  readonly type: 'DEPOSIT' | 'WITHDRAWAL' | 'TRANSFER'
  readonly createdAt: number
  readonly expiresAt: number | null
  state: 'PENDING' | 'POSTED' | 'VOIDED'
}

/** Money taken from its source that has not reached its destination. */
export interface Hold {
  post(): void
  void(): void
}

export type Shortage = 'InsufficientBalance' | 'InsufficientLiquidity'

export interface Crossing {
  from: Account
  to: Account
  /** In the asset of `from`. */
  source: bigint
  /** In the asset of `to`. */
  destination: bigint
}

/** Money that an ASE pays in or takes out, under a transfer id of its own. */
export interface Payment {
  id: string
  account: Account
  amount: bigint
}

export interface LedgerOptions {
  clock: Clock
  random: Random
  /** Told of each account that a transfer has left at or below its threshold. */
  onLow: (account: Account) => void
}

const MOST_LISTED = 20

/** Two-phase double-entry accounts, as Rafiki's accounting keeps them. */
export class Ledger {
  readonly #options: LedgerOptions
  readonly #byId = new Map<string, Transfer>()
  readonly #byAccount = new Map<string, Transfer[]>()
  readonly #pending = new Map<string, { account: Account; timer: Timer }>()

  constructor(options: LedgerOptions) {
    this.#options = options
  }

  /** Pays in. Throws a {@link Refusal} for an id that is no UUID or was used, and for nothing. */
  deposit({ id, account, amount }: Payment): void {
    this.#check(id, amount)
    credit(account, amount)
    this.#write({ ...this.#line(id, amount, account), ...between(settlementOf(account), account.id) })
  }

  /**
   * Takes out: at once, or, with a timeout, until the withdrawal is posted, voided or the time is over. Throws a {@link Refusal} as
   * {@link Ledger.deposit} does, and when the balance does not suffice.
   */
  withdraw({ id, account, amount }: Payment, timeoutSeconds: bigint): void {
    this.#check(id, amount)
    if (account.balance < amount) throw new Refusal('balanceInsufficient')
    account.balance -= amount
    const line = { ...this.#line(id, amount, account), ...between(account.id, settlementOf(account)) }
    const withdrawal: Transfer = { ...line, type: 'WITHDRAWAL' }
    if (timeoutSeconds === 0n) account.debited += amount
    else this.#suspend(withdrawal, account, Number(timeoutSeconds) * 1_000)
    if (timeoutSeconds === 0n) this.#write(withdrawal)
  }

  /** Ends a pending withdrawal. Throws a {@link Refusal} when there is none of this id. */
  post(id: string): void {
    const { transfer, account } = this.#resolve(id)
    transfer.state = 'POSTED'
    account.debited += transfer.amount
  }

  /** Takes a pending withdrawal back. Throws a {@link Refusal} when there is none of this id. */
  void(id: string): void {
    const { transfer, account } = this.#resolve(id)
    transfer.state = 'VOIDED'
    account.balance += transfer.amount
  }

  /**
   * Takes money on its way: between assets the source's asset account takes in what the destination's pays out, so that one must have the
   * liquidity.
   */
  hold(crossing: Crossing): Hold | Shortage {
    const { from, to, source, destination } = crossing
    if (from.balance < source) return 'InsufficientBalance'
    const other = from.asset !== to.asset
    if (other && to.asset.balance < destination) return 'InsufficientLiquidity'
    from.balance -= source
    if (other) to.asset.balance -= destination
    return {
      post: () => this.#carry(crossing),
      void: () => {
        from.balance += source
        if (other) to.asset.balance += destination
      },
    }
  }

  /** What an account has paid and got, oldest first; transfers that were voided or have expired are not listed. */
  of(accountId: string, limit: number = MOST_LISTED): { debits: Transfer[]; credits: Transfer[] } {
    const now = this.#options.clock.now()
    const lasting = ({ state, expiresAt }: Transfer) =>
      state === 'POSTED' || (state === 'PENDING' && (expiresAt === null || expiresAt > now))
    const all = (this.#byAccount.get(accountId) ?? []).filter(lasting).slice(0, limit || undefined)
    return {
      debits: all.filter(({ debitAccountId }) => debitAccountId === accountId),
      credits: all.filter(({ debitAccountId }) => debitAccountId !== accountId),
    }
  }

  /** Forgets accounts that nothing happens to any more, with all that they have paid and got. */
  forget(accounts: readonly string[]): void {
    const gone = new Set(accounts.flatMap((account) => this.#byAccount.get(account) ?? []))
    if (gone.size === 0) return
    for (const { id } of gone) this.#byId.delete(id)
    for (const account of accounts) this.#byAccount.delete(account)
    for (const [account, lines] of this.#byAccount)
      this.#byAccount.set(
        account,
        lines.filter((line) => !gone.has(line)),
      )
  }

  close(): void {
    for (const { timer } of this.#pending.values()) timer.cancel()
    this.#pending.clear()
  }

  #check(id: string, amount: bigint): void {
    if (!isUuid(id)) throw new Refusal('transferIdInvalid')
    if (amount <= 0n) throw new Refusal('transferAmountInvalid')
    if (this.#byId.has(id)) throw new Refusal('transferExists')
  }

  #line(
    id: string,
    amount: bigint,
    { asset }: Account,
  ): Omit<Transfer, 'debitAccountId' | 'creditAccountId'> {
    const createdAt = this.#options.clock.now()
    return { id, amount, ledger: asset.ledger, type: 'DEPOSIT', state: 'POSTED', createdAt, expiresAt: null }
  }

  #write(transfer: Transfer): void {
    this.#byId.set(transfer.id, transfer)
    for (const account of [transfer.debitAccountId, transfer.creditAccountId]) {
      const lines = this.#byAccount.get(account)
      if (lines === undefined) this.#byAccount.set(account, [transfer])
      else lines.push(transfer)
    }
  }

  #suspend(line: Transfer, account: Account, timeoutMs: number): void {
    const { clock } = this.#options
    const transfer: Transfer = { ...line, state: 'PENDING', expiresAt: clock.now() + timeoutMs }
    this.#write(transfer)
    const release = () => {
      this.#pending.delete(transfer.id)
      account.balance += transfer.amount
    }
    this.#pending.set(transfer.id, { account, timer: clock.after(timeoutMs, release) })
  }

  #resolve(id: string): { transfer: Transfer; account: Account } {
    if (!isUuid(id)) throw new Refusal('transferIdInvalid')
    const transfer = this.#byId.get(id)
    if (transfer === undefined) throw new Refusal('transferUnknown')
    if (transfer.state === 'VOIDED') throw new Refusal('transferVoided')
    if (transfer.state === 'POSTED') throw new Refusal('transferPosted')
    const pending = this.#pending.get(id)
    if (pending === undefined) throw new Refusal('transferExpired')
    pending.timer.cancel()
    this.#pending.delete(id)
    return { transfer, account: pending.account }
  }

  #carry({ from, to, source, destination }: Crossing): void {
    from.debited += source
    if (from.asset === to.asset) {
      this.#transfer(from, to, destination)
    } else {
      credit(from.asset, source)
      this.#transfer(from, from.asset, source)
      to.asset.debited += destination
      this.#transfer(to.asset, to, destination)
    }
    credit(to, destination)
    for (const account of [from, to.asset]) if (isLow(account)) this.#options.onLow(account)
  }

  #transfer(from: Account, to: Account, amount: bigint): void {
    if (amount === 0n) return
    const line = this.#line(uuid(this.#options.random), amount, from)
    this.#write({ ...line, ...between(from.id, to.id), type: 'TRANSFER' })
  }
}

function credit(account: Account, amount: bigint): void {
  account.balance += amount
  account.credited += amount
}

function settlementOf({ asset }: Account): string {
  return `${asset.ledger}`
}

function between(debitAccountId: string, creditAccountId: string) {
  return { debitAccountId, creditAccountId }
}

function isLow({ liquidityThreshold, balance }: Account): boolean {
  return typeof liquidityThreshold === 'bigint' && balance <= liquidityThreshold
}
