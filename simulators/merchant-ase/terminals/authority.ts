import type { KeyObject, X509Certificate } from 'node:crypto'
import { sql } from 'kysely'
import { issueCrl } from '../../../protocols/cms/crl.ts'
import { identityOf } from '../../../protocols/cms/identity.ts'
import { issueCertificate } from '../../../protocols/x509/certificate.ts'
import type { KeyUsage } from '../../../protocols/x509/extensions.ts'
import type { Name } from '../../../protocols/x509/name.ts'
import type { Database } from '../database/tables.ts'
import { serialNumber } from './serial-number.ts'
import type { TrustContext } from './trust-config.ts'

// Terminals' clocks drift, and a certificate is used at once.
const BACKDATED_MS = 60_000

/** The authority that certifies terminals and revokes their certificates; its key is in the HSM. */
export class Authority {
  readonly #context: TrustContext

  constructor(context: TrustContext) {
    this.#context = context
  }

  get issuers(): readonly X509Certificate[] {
    return this.#context.keys.authority
  }

  async certify(subject: Name, publicKey: KeyObject, usage: KeyUsage): Promise<X509Certificate> {
    const { keys, clock, random, periods } = this.#context
    const [certificate] = keys.authority
    const now = clock.now()
    return issueCertificate(
      {
        subject,
        publicKey,
        serial: serialNumber(random),
        notBefore: new Date(now - BACKDATED_MS),
        notAfter: new Date(Math.min(now + periods.certificate, certificate.validToDate.getTime())),
        usages: [usage],
        ...(usage === 'digitalSignature' ? { purposes: ['clientAuth'] as const } : {}),
      },
      { certificate, sign: keys.signCertificate },
    )
  }

  /** A fresh list of everything that was revoked, DER. */
  async crl(): Promise<Uint8Array> {
    const { db, keys, clock, periods } = this.#context
    const rows = await db.selectFrom('revoked_certificates').selectAll().orderBy('at').execute()
    const { rows: numbers } = await sql<{
      number: number
    }>`select nextval('crl_numbers')::integer as number`.execute(db)
    const now = clock.now()
    return issueCrl(
      { certificate: keys.authority[0], sign: keys.signCrl },
      {
        number: numbers[0]?.number ?? 0,
        thisUpdate: new Date(now - BACKDATED_MS),
        nextUpdate: new Date(now + periods.crl),
        revoked: rows.map(({ serial, at }) => ({ serial: new Uint8Array(serial), at: new Date(Number(at)) })),
      },
    )
  }

  /** Puts certificates on the list; harmless when they are there. `db`: the transaction that it belongs to. */
  async revoke(certificates: readonly X509Certificate[], db: Database): Promise<void> {
    const at = this.#context.clock.now()
    const rows = certificates.map((certificate) => ({ serial: identityOf(certificate).serial, at }))
    await db
      .insertInto('revoked_certificates')
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
  }
}
