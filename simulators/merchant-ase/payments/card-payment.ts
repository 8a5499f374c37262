import { z } from 'zod'
import { traceHeaders } from '../../common/correlation.ts'
import { type HttpClient, HttpError } from '../../common/http-client.ts'
import type { PaymentRequest } from './payment-request.ts'

/** A card payment as Rafiki's point-of-sale service is asked for it. */
export interface CardPayment
  extends Pick<PaymentRequest, 'signature' | 'payload' | 'amount' | 'senderWalletAddress'> {
  receiverWalletAddress: string
  /** Milliseconds; the issuer sees it as `cardDetails.initiatedAt`. */
  timestamp: number
}

/** What became of it, as far as Rafiki says: it has no word for why. */
export type CardPaymentResult =
  | { kind: 'approved' | 'invalid_signature' | 'refused' | 'timeout' | 'unreachable' }
  | { kind: 'unexpected'; status: number }

const resultBody = z.object({ result: z.object({ code: z.enum(['approved', 'invalid_signature']) }) })

/** `POST /payment`, once: Rafiki has no idempotency there, so that a second try could be a second payment. */
export async function payByCard(
  http: HttpClient,
  pointOfSaleUrl: string,
  payment: CardPayment,
  timeoutMs: number,
): Promise<CardPaymentResult> {
  try {
    const url = `${pointOfSaleUrl}/payment`
    const { status, body } = await http.call({
      to: 'rafiki-merchant',
      method: 'POST',
      url,
      headers: traceHeaders(),
      body: payment,
      timeoutMs,
    })
    const read = resultBody.safeParse(body)
    if (status === 200 && read.success) return { kind: read.data.result.code }
    return status === 400 ? { kind: 'refused' } : { kind: 'unexpected', status }
  } catch (error) {
    if (error instanceof HttpError) return { kind: error.fault }
    throw error
  }
}
