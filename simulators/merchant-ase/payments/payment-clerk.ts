import { sql } from 'kysely'
import type { z } from 'zod'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { readTraceparent } from '../../../protocols/journal/traceparent.ts'
import { because, type Outcome } from '../../../protocols/outcome/outcome.ts'
import type { SignedRequest } from '../../../protocols/signatures/http-message.ts'
import { correlated } from '../../common/correlation.ts'
import type { Database } from '../database/tables.ts'
import type { Windows } from '../windows.ts'
import { dayRequest, paymentReference, refundRequest } from './after-requests.ts'
import { answer } from './answer.ts'
import { authenticate, type Connection, serialOf } from './authentication.ts'
import { dayListOf } from './day-list.ts'
import { PublicKeys } from './public-keys.ts'
import type { Refunds } from './refunds.ts'
import { standingOf } from './standing.ts'
import { findTerminal, type KnownTerminal } from './terminals.ts'

export interface PaymentClerkOptions {
  db: Database
  refunds: Refunds
  windows: Windows
  clock: Clock
  journal: Journal
}

export interface ClerkAnswer {
  status: number
  body: object
}

interface Errand {
  form: z.ZodType
  run: (terminal: KnownTerminal, request: never) => Promise<object>
}

/** What the POS API does for a terminal after a payment; each request is signed as a payment is, and taken once. */
export class PaymentClerk {
  readonly #options: PaymentClerkOptions
  readonly #keys = new PublicKeys()
  readonly #errands: Readonly<Record<string, Errand>> = {
    '/payments/status': errand(paymentReference, ({ id }, { requestId }) =>
      standingOf(this.#options.db, id, requestId),
    ),
    '/payments/reversal': errand(paymentReference, ({ id }, { requestId }) => this.#reverse(id, requestId)),
    '/payments/refund': errand(refundRequest, async ({ id }, request) => {
      const outcome = await this.#options.refunds.refund(id, request)
      this.#record(outcome, { requestId: request.requestId, refundOf: request.paymentId, terminal: id })
      return answer(request.requestId, outcome).body
    }),
    '/payments/day': errand(dayRequest, async ({ merchantId }, request) => ({
      merchantId,
      ...request,
      totals: await dayListOf(this.#options.db, merchantId, request),
    })),
  }

  constructor(options: PaymentClerkOptions) {
    this.#options = options
  }

  get paths(): string[] {
    return Object.keys(this.#errands)
  }

  /** `path` is one of {@link PaymentClerk.paths}. A refusal is answered as that of a payment. */
  async take(path: string, message: SignedRequest, connection: Connection): Promise<ClerkAnswer> {
    const { [path]: wanted } = this.#errands
    if (wanted === undefined) throw new Error(`expected one of ${this.paths.join(', ')}, got ${path}`)
    const read = wanted.form.safeParse(jsonOf(message.body))
    if (!read.success)
      return answer(null, because('request_malformed', read.error.issues.map(({ path }) => path).join()))
    const tap = readTraceparent(message.headers.traceparent) ?? tapOf(read.data)
    return correlated(tap, () => this.#take(wanted, read.data, message, connection))
  }

  async #take(
    wanted: Errand,
    request: unknown,
    message: SignedRequest,
    connection: Connection,
  ): Promise<ClerkAnswer> {
    const { db, windows, clock } = this.#options
    const find = (id: string) => findTerminal(db, id, '', serialOf(connection))
    const caller = await authenticate(message, { find, keys: this.#keys }, windows, clock.now(), connection)
    if (!caller.authentic) return answer(null, caller.outcome)
    if (!(await this.#isNew(caller))) return answer(null, because('request_replayed'))
    return { status: 200, body: await wanted.run(caller.terminal, request as never) }
  }

  /** A payment that is to count for nothing, whatever became or becomes of it: its money is given back, also when it comes later. */
  async #reverse(terminalId: string, requestId: string): Promise<object> {
    const { db, clock, refunds } = this.#options
    const { code, reason } = because('payment_reversed')
    const { rows } = await sql<{ paid: boolean }>`select reverse_payment(
      ${terminalId}, ${requestId}, ${clock.now()}, ${code}, ${reason}) as paid`.execute(db)
    if (rows[0]?.paid) this.#record(await refunds.refundAll(terminalId, requestId), { reversalOf: requestId })
    return standingOf(db, terminalId, requestId)
  }

  async #isNew({
    terminal,
    nonce,
    created,
  }: {
    terminal: KnownTerminal
    nonce: string
    created: number
  }): Promise<boolean> {
    const { db, clock, windows } = this.#options
    const ends = created + windows.request
    const { rows } =
      await sql`insert into nonces (terminal_id, nonce, expires_at) values (${terminal.id}, ${nonce}, ${ends})
      on conflict (terminal_id, nonce) do update set expires_at = excluded.expires_at where nonces.expires_at < ${clock.now()}
      returning 1`.execute(db)
    return rows.length === 1
  }

  #record({ word, code, reason }: Outcome, facts: Record<string, string>): void {
    const verdict = ({ Approved: 'approved', Declined: 'declined', Failed: 'failed' } as const)[word]
    const { journal } = this.#options
    journal.record({ kind: 'decision', party: 'merchant-ase', word: verdict, code, reason, facts })
  }
}

/** The tap that a request is about, by the id of its payment. */
function tapOf(request: unknown): string | null {
  const { paymentId, requestId } = request as { paymentId?: string; requestId?: string }
  return paymentId ?? requestId ?? null
}

function errand<Form extends z.ZodType>(
  form: Form,
  run: (terminal: KnownTerminal, request: z.infer<Form>) => Promise<object>,
): Errand {
  return { form, run }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
