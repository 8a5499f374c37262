import { generateKeyPairSync, type KeyObject, randomBytes, randomUUID } from 'node:crypto'
import { signRequest } from '../../../protocols/signatures/http-message.ts'
import type { PaymentRequest } from '../payments/payment-request.ts'
import { expectDocumented } from './documented.ts'

export interface SentAnswer {
  status: number
  body: { requestId: string | null; outcome: string; code: string | null; reason: string | null }
}

/** What a request deviates in; everything else is right. */
export interface Deviation {
  body?: Record<string, unknown>
  /** Sent in place of the signed body. */
  sent?: string
  headers?: Record<string, string | undefined>
  keyId?: string
  key?: KeyObject
  created?: number
  nonce?: string
  /** URL the signature is for. */
  signedUrl?: string
}

/** A terminal that signs requests as it is told, for tests of the POS API alone. */
export class StubTerminal {
  readonly id: string
  readonly keys = generateKeyPairSync('ed25519')
  readonly #url: string
  readonly #now: () => number

  constructor(id: string, url: string, now: () => number) {
    this.id = id
    this.#url = url
    this.#now = now
  }

  /** A request body that every check passes. */
  request(changed: Record<string, unknown> = {}): PaymentRequest & Record<string, unknown> {
    return {
      requestId: randomUUID(),
      signature: '0102030405060708',
      payload: '770102',
      amount: { value: '1250', assetCode: 'EUR', assetScale: 2 },
      senderWalletAddress: 'https://wallet.tapbench.example/alice',
      timestamp: this.#now(),
      ...changed,
    }
  }

  async send(deviation: Deviation = {}): Promise<SentAnswer> {
    const body = JSON.stringify(this.request(deviation.body))
    const url = `${this.#url}/payments`
    const signed = await signRequest(
      { method: 'POST', url: deviation.signedUrl ?? url, body },
      {
        keyId: deviation.keyId ?? this.id,
        privateKey: deviation.key ?? this.keys.privateKey,
        created: deviation.created ?? this.#now(),
        nonce: deviation.nonce ?? randomBytes(12).toString('hex'),
      },
    )
    // fetch counts the bytes itself
    const { 'content-length': _, ...headers } = { ...signed, ...deviation.headers }
    const present = Object.entries(headers).filter(
      (header): header is [string, string] => header[1] !== undefined,
    )
    return post(url, deviation.sent ?? body, Object.fromEntries(present))
  }
}

/** Posts as it is told; every answer must be as the OpenAPI document says. */
export async function post(url: string, body: string, headers: Record<string, string>): Promise<SentAnswer> {
  const answer = await fetch(url, { method: 'POST', body, headers })
  const seen = { status: answer.status, body: (await answer.json()) as SentAnswer['body'] }
  await expectDocumented(new URL(url).pathname, seen)
  return seen
}
