import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance } from 'fastify'
import { type RafikiSecret, verifyRafiki } from '../../../protocols/signatures/rafiki.ts'

/** One Admin API operation as the stub saw it: its name and its variables. */
export interface Operation {
  name: string
  variables: Record<string, unknown>
}

type Answer = { data: unknown } | { error: string; code: string } | 'hang up'

/** Rafiki's Admin API for tests: checks the signature as the real one does, then answers from a table. */
export class RafikiStub {
  readonly operations: Operation[] = []
  /** Incoming payment (URL) → wallet address (URL). */
  readonly receivers = new Map<string, string>()
  /** Wallet address (URL) → Rafiki's id. */
  readonly addresses = new Map<string, string>()
  /** Answers of the next operations of a name, before the usual one. */
  readonly scripted = new Map<string, Answer[]>()
  /** False saves memory where operations are only counted on. */
  keepOperations = true
  readonly #server: FastifyInstance
  readonly #seen = new Set<string>()
  readonly #secret: RafikiSecret
  readonly #usual: Record<string, (variables: Record<string, string>) => Answer> = {
    Receiver: ({ id = '' }) => found('receiver', this.receivers.get(id), 'walletAddressUrl'),
    Address: ({ url = '' }) => ({ data: { walletAddressByUrl: idOrNull(this.addresses.get(url)) } }),
    State: () => ({ data: { outgoingPayment: { state: 'SENDING' } } }),
    Fund: () => ({ data: { depositOutgoingPaymentLiquidity: { success: true } } }),
    Cancel: () => ({ data: { cancelOutgoingPayment: { payment: { id: '' } } } }),
    Collect: () => ({ data: { createIncomingPaymentWithdrawal: { success: true } } }),
    Withdraw: () => ({ data: { createOutgoingPaymentWithdrawal: { success: true } } }),
  }

  private constructor(secret: RafikiSecret) {
    this.#secret = secret
    this.#server = Fastify({ forceCloseConnections: true })
    this.#server.post('/graphql', (request, reply) => {
      const header = String(request.headers.signature)
      const verdict = verifyRafiki(request.body, header, this.#secret)
      if (!verdict.valid || this.#seen.has(verdict.digest)) return reply.code(401).send('Unauthorized')
      this.#seen.add(verdict.digest)
      if (this.#seen.size > 1_000) this.#seen.clear()
      const answer = this.#answer(request.body as { query: string; variables: Record<string, string> })
      if (answer === 'hang up') return request.raw.socket.destroy()
      if ('data' in answer) return reply.send(answer)
      return reply.send({
        data: null,
        errors: [{ message: answer.error, extensions: { code: answer.code } }],
      })
    })
  }

  static async start(secret: RafikiSecret): Promise<RafikiStub> {
    const stub = new RafikiStub(secret)
    await stub.#server.listen({ port: 0, host: '127.0.0.1' })
    return stub
  }

  get adminUrl(): string {
    return `http://127.0.0.1:${(this.#server.server.address() as AddressInfo).port}/graphql`
  }

  /** Operations of one name, with the variables' `input` (or themselves). */
  of(name: string): unknown[] {
    return this.operations
      .filter((operation) => operation.name === name)
      .map(({ variables }) => variables.input ?? variables)
  }

  close(): Promise<void> {
    return this.#server.close()
  }

  #answer({ query, variables }: { query: string; variables: Record<string, string> }): Answer {
    const name = /^(?:query|mutation) (\w+)/.exec(query)?.[1] ?? ''
    if (this.keepOperations) this.operations.push({ name, variables })
    const scripted = this.scripted.get(name)?.shift()
    return (
      scripted ?? this.#usual[name]?.(variables) ?? { error: `no answer for ${name}`, code: 'BAD_USER_INPUT' }
    )
  }
}

function found(field: string, value: string | undefined, member: string): Answer {
  if (value === undefined) return { error: `${field} does not exist`, code: 'NOT_FOUND' }
  return { data: { [field]: { [member]: value } } }
}

function idOrNull(id: string | undefined): { id: string } | null {
  return id === undefined ? null : { id }
}
