import { createHash, type X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { buildCredentialToken } from '../../../protocols/keyblock/tr34/credential-token.ts'
import type { Database } from '../database/tables.ts'
import type { Authority } from './authority.ts'
import { expectActive } from './merchant-standing.ts'
import { type OnboardingRequest, readOnboardingRequest } from './onboarding-request.ts'
import { refuse } from './trust-answer.ts'
import type { TrustContext } from './trust-config.ts'
import { type ProvenDevice, proveDevice } from './trust-decision.ts'

interface Certified {
  terminalId: string
  signing: Uint8Array
  receiving: Uint8Array
}

/** What an activation code was found to be worth. */
interface Code {
  digest: Uint8Array
  merchantId: string
}

/** `POST /onboarding`: decides whether to trust a device, certifies its keys, and records it as a merchant's terminal. */
export class OnboardingDesk {
  readonly #context: TrustContext
  readonly #authority: Authority

  constructor(context: TrustContext, authority: Authority) {
    this.#context = context
    this.#authority = authority
  }

  /** The answer, or Refused. The same body again is answered again: the first answer may have been lost. */
  async take(body: string): Promise<Record<string, unknown>> {
    const request = readOnboardingRequest(body)
    const { clock, manufacturers } = this.#context
    const device = proveDevice(request, manufacturers, new Date(clock.now()))
    const bodyDigest = sha256(body)
    const known = await this.#answeredBefore(bodyDigest)
    if (known !== null) return this.#answer(known)
    await this.#expectAllowed(request)
    const code = await this.#judgeCode(request.activationCode)
    return this.#answer(await this.#enrol(request, device, code, bodyDigest))
  }

  async #answeredBefore(bodyDigest: Uint8Array): Promise<Certified | null> {
    const found = await this.#context.db
      .selectFrom('activation_codes')
      .innerJoin('onboarded_terminals as terminal', 'terminal.terminal_id', 'activation_codes.terminal_id')
      .select([
        'terminal.terminal_id as id',
        'signing_certificate as signing',
        'receiving_certificate as receiving',
      ])
      .where('request_digest', '=', bodyDigest)
      .where('terminal.state', '=', 'active')
      .executeTakeFirst()
    return found === undefined
      ? null
      : {
          terminalId: found.id,
          signing: new Uint8Array(found.signing),
          receiving: new Uint8Array(found.receiving),
        }
  }

  async #expectAllowed({ serial, model }: OnboardingRequest): Promise<void> {
    const { db } = this.#context
    const allowed = await db
      .selectFrom('allowed_devices')
      .select('serial')
      .where('serial', '=', serial)
      .where('model', '=', model)
      .executeTakeFirst()
    if (allowed === undefined) refuse('device_not_allowed')
    const onboarded = await db
      .selectFrom('onboarded_terminals')
      .select('terminal_id')
      .where('serial', '=', serial)
      .where('model', '=', model)
      .where('state', '=', 'active')
      .executeTakeFirst()
    if (onboarded !== undefined) refuse('device_onboarded')
  }

  async #judgeCode(code: string): Promise<Code> {
    const { db, clock } = this.#context
    const digest = sha256(code)
    const found = await db
      .selectFrom('activation_codes')
      .select(['expires_at', 'request_digest', 'merchant_id as merchantId'])
      .where('code_digest', '=', digest)
      .executeTakeFirst()
    if (found === undefined) return refuse('code_unknown')
    if (found.request_digest !== null) refuse('code_used')
    if (clock.now() > Number(found.expires_at)) refuse('code_expired')
    await expectActive(db, found.merchantId)
    return { digest, merchantId: found.merchantId }
  }

  /** Certificates are made first: one that never leaves is harmless, a code that was used up for nothing is not. */
  async #enrol(
    request: OnboardingRequest,
    device: ProvenDevice,
    code: Code,
    bodyDigest: Uint8Array,
  ): Promise<Certified> {
    const { db } = this.#context
    await this.#expectNewKey(device)
    const terminalId = await this.#nextName()
    const subject = {
      organization: code.merchantId,
      organizationalUnit: request.model,
      commonName: terminalId,
      serialNumber: request.serial,
    }
    const signing = await this.#authority.certify(subject, device.signingKey, 'digitalSignature')
    const receiving = await this.#authority.certify(subject, device.receivingKey, 'keyEncipherment')
    await db.transaction().execute(async (transaction) => {
      await expectActive(transaction, code.merchantId)
      await claimCode(transaction, code, bodyDigest)
      await this.#record(transaction, request, code.merchantId, terminalId, [signing, receiving])
      await transaction
        .updateTable('activation_codes')
        .set({ terminal_id: terminalId })
        .where('code_digest', '=', code.digest)
        .execute()
    })
    return { terminalId, signing: derOf(signing), receiving: derOf(receiving) }
  }

  /** One key, one terminal: who signed a request would not be known otherwise. */
  async #expectNewKey({ signingKey }: ProvenDevice): Promise<void> {
    const pem = signingKey.export({ type: 'spki', format: 'pem' }).toString()
    const found = await this.#context.db
      .selectFrom('terminals')
      .select('id')
      .where('public_key', '=', pem)
      .executeTakeFirst()
    if (found !== undefined) refuse('key_reused')
  }

  async #record(
    db: Database,
    { serial, model }: OnboardingRequest,
    merchantId: string,
    terminalId: string,
    [signing, receiving]: readonly [X509Certificate, X509Certificate],
  ): Promise<void> {
    const publicKey = signing.publicKey.export({ type: 'spki', format: 'pem' }).toString()
    await db
      .insertInto('terminals')
      .values({ id: terminalId, merchant_id: merchantId, public_key: publicKey, state: 'active' })
      .execute()
    const inserted = await db
      .insertInto('onboarded_terminals')
      .values({
        terminal_id: terminalId,
        serial,
        model,
        state: 'active',
        signing_certificate: derOf(signing),
        receiving_certificate: derOf(receiving),
        onboarded_at: this.#context.clock.now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (inserted.numInsertedOrUpdatedRows !== 1n) refuse('device_onboarded')
  }

  async #nextName(): Promise<string> {
    const { rows } = await sql<{
      number: string
    }>`select nextval('terminal_numbers')::text as number`.execute(this.#context.db)
    return `terminal-${rows[0]?.number.padStart(6, '0')}`
  }

  /** Certificates with their chain, the revocation list, and the distribution host's credential token (TR-34:2019, B.6). */
  async #answer({ terminalId, signing, receiving }: Certified): Promise<Record<string, unknown>> {
    const { keys, journal } = this.#context
    const crl = await this.#authority.crl()
    journal.record({ kind: 'fact', party: 'merchant-ase', text: `${terminalId} is onboarded` })
    return {
      terminalId,
      certificates: { signing: base64(signing), receiving: base64(receiving) },
      issuers: this.#authority.issuers.map((issuer) => base64(derOf(issuer))),
      crl: base64(crl),
      host: base64(buildCredentialToken(keys.host, [crl])),
    }
  }
}

/** Of two that come at once, one gets the code. */
async function claimCode(db: Database, { digest }: Code, bodyDigest: Uint8Array): Promise<void> {
  const claimed = await db
    .updateTable('activation_codes')
    .set({ request_digest: bodyDigest })
    .where('code_digest', '=', digest)
    .where('request_digest', 'is', null)
    .executeTakeFirst()
  if (claimed.numUpdatedRows !== 1n) refuse('code_used')
}

/** Digest of an activation code, or of a request. */
export function sha256(text: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(text).digest())
}

function derOf(certificate: X509Certificate): Uint8Array {
  return new Uint8Array(certificate.raw)
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64')
}
