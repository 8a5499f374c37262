import type { Backend } from '../backend/backend.ts'
import type { Account } from '../backend/ledger.ts'
import { Refusal, type RefusalName } from '../backend/refusals.ts'

type Deposit = { id: string; amount: bigint }
type Withdrawal = Deposit & { timeoutSeconds: bigint }
type Timed = { timeoutSeconds: bigint }
type ByWithdrawal = { withdrawalId: string }

const DONE = { success: true }

/** What an ASE pays in and takes out. */
export function liquidityMutations(backend: Backend): Record<string, (input: never) => unknown> {
  const { assets, peers, ledger, incomingPayments, outgoingPayments } = backend
  const deposit = (input: Deposit, account: Account | null, unknown: RefusalName) =>
    done(ledger.deposit(transferOf(input, account, unknown)))
  const withdraw = (input: Withdrawal, account: Account | null, unknown: RefusalName) =>
    done(ledger.withdraw(transferOf(input, account, unknown), input.timeoutSeconds))
  return {
    depositAssetLiquidity: (input: Deposit & { assetId: string }) =>
      deposit(input, assets.get(input.assetId), 'liquidityAssetUnknown'),
    createAssetLiquidityWithdrawal: (input: Withdrawal & { assetId: string }) =>
      withdraw(input, assets.get(input.assetId), 'liquidityAssetUnknown'),
    depositPeerLiquidity: (input: Deposit & { peerId: string }) =>
      deposit(input, peers.get(input.peerId), 'peerUnknown'),
    createPeerLiquidityWithdrawal: (input: Withdrawal & { peerId: string }) =>
      withdraw(input, peers.get(input.peerId), 'liquidityPeerUnknown'),
    depositOutgoingPaymentLiquidity: ({ outgoingPaymentId }: { outgoingPaymentId: string }) =>
      done(outgoingPayments.deposit(outgoingPaymentId)),
    createIncomingPaymentWithdrawal: (input: Timed & { incomingPaymentId: string }) =>
      done(incomingPayments.withdraw(input.incomingPaymentId, input.timeoutSeconds)),
    createOutgoingPaymentWithdrawal: (input: Timed & { outgoingPaymentId: string }) =>
      done(outgoingPayments.withdraw(input.outgoingPaymentId, input.timeoutSeconds)),
    postLiquidityWithdrawal: ({ withdrawalId }: ByWithdrawal) => done(ledger.post(withdrawalId)),
    voidLiquidityWithdrawal: ({ withdrawalId }: ByWithdrawal) => done(ledger.void(withdrawalId)),
  }
}

function transferOf({ id, amount }: Deposit, account: Account | null, unknown: RefusalName) {
  if (amount === 0n) throw new Refusal('liquidityAmountZero')
  if (account === null) throw new Refusal(unknown)
  return { id, amount, account }
}

function done(_: unknown): typeof DONE {
  return DONE
}
