import { type RafikiAdmin, RafikiAdminError } from '../../common/rafiki-admin.ts'

/** What the card service makes of a cancelled payment; Rafiki's own words. */
export type CardPaymentFailure = 'invalid_signature' | 'invalid_request'

const RECEIVER = 'query Receiver($id: String!) { receiver(id: $id) { walletAddressUrl } }'
const STATE = 'query State($id: String!) { outgoingPayment(id: $id) { state } }'
const ADDRESS = 'query Address($url: String!) { walletAddressByUrl(url: $url) { id } }'
const DEPOSIT =
  'mutation Fund($input: DepositOutgoingPaymentLiquidityInput!) { depositOutgoingPaymentLiquidity(input: $input) { success } }'
const CANCEL =
  'mutation Cancel($input: CancelOutgoingPaymentInput!) { cancelOutgoingPayment(input: $input) { payment { id } } }'
const WITHDRAW =
  'mutation Withdraw($input: CreateOutgoingPaymentWithdrawalInput!) { createOutgoingPaymentWithdrawal(input: $input) { success } }'
const COLLECT =
  'mutation Collect($input: CreateIncomingPaymentWithdrawalInput!) { createIncomingPaymentWithdrawal(input: $input) { success } }'

/** The issuer's own Rafiki in the words of this issuer. Errors are those of {@link RafikiAdmin.run}. */
export class CustomerRafiki {
  readonly #admin: RafikiAdmin

  constructor(admin: RafikiAdmin) {
    this.#admin = admin
  }

  /** Wallet address (URL) to which an incoming payment (URL) pays, or null when there is no such incoming payment. */
  async receiverOf(incomingPayment: string): Promise<string | null> {
    type Data = { receiver: { walletAddressUrl: string } | null }
    const data = await this.#find<Data>(RECEIVER, { id: incomingPayment })
    return data?.receiver?.walletAddressUrl ?? null
  }

  /** FUNDING, SENDING, COMPLETED, FAILED or CANCELLED; null when Rafiki has no such payment. */
  async stateOf(outgoingPayment: string): Promise<string | null> {
    const data = await this.#find<{ outgoingPayment: { state: string } | null }>(STATE, {
      id: outgoingPayment,
    })
    return data?.outgoingPayment?.state ?? null
  }

  /** Rafiki's id of a wallet address (URL), or null. */
  async walletAddressId(url: string): Promise<string | null> {
    const data = await this.#find<{ walletAddressByUrl: { id: string } | null }>(ADDRESS, { url })
    return data?.walletAddressByUrl?.id ?? null
  }

  /** Pays the debit amount in. One key for one payment, so that a repetition cannot pay twice. */
  async fund(outgoingPaymentId: string): Promise<void> {
    await this.#admin.run(DEPOSIT, {
      input: { outgoingPaymentId, idempotencyKey: `fund-${outgoingPaymentId}` },
    })
  }

  /** Only a payment in state FUNDING can be cancelled. */
  async cancel(id: string, reason: string, cardPaymentFailureReason?: CardPaymentFailure): Promise<void> {
    const input = {
      id,
      reason,
      ...(cardPaymentFailureReason === undefined ? {} : { cardPaymentFailureReason }),
    }
    await this.#admin.run(CANCEL, { input })
  }

  /** Takes back what a finished payment has left. */
  async withdraw(outgoingPaymentId: string): Promise<void> {
    const idempotencyKey = `withdraw-${outgoingPaymentId}`
    await this.#admin.run(WITHDRAW, { input: { outgoingPaymentId, idempotencyKey, timeoutSeconds: 0 } })
  }

  /** Takes out what an incoming payment has received. */
  async collect(incomingPaymentId: string): Promise<void> {
    const idempotencyKey = `collect-${incomingPaymentId}`
    await this.#admin.run(COLLECT, { input: { incomingPaymentId, idempotencyKey, timeoutSeconds: 0 } })
  }

  async #find<Data>(query: string, variables: Record<string, unknown>): Promise<Data | null> {
    try {
      return await this.#admin.run<Data>(query, variables)
    } catch (error) {
      if (error instanceof RafikiAdminError && error.code === 'NOT_FOUND') return null
      throw error
    }
  }
}
