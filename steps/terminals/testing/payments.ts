import { randomUUID, type X509Certificate } from 'node:crypto'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import { HttpClient } from '../../../simulators/common/http-client.ts'
import { RafikiAdmin } from '../../../simulators/common/rafiki-admin.ts'
import type { Random } from '../../../simulators/common/uuid.ts'
import type { Database } from '../../../simulators/merchant-ase/database/tables.ts'
import { Inquiry } from '../../../simulators/merchant-ase/payments/inquiry.ts'
import { PaymentDesk } from '../../../simulators/merchant-ase/payments/payment-desk.ts'
import { Refunds } from '../../../simulators/merchant-ase/payments/refunds.ts'
import { CertificateJudge } from '../../../simulators/merchant-ase/terminals/shown-certificate.ts'
import { startStubRafiki } from '../../../simulators/merchant-ase/testing/stub-rafiki.ts'
import { DEFAULT_WINDOWS } from '../../../simulators/merchant-ase/windows.ts'
import { DEVICE_KEYS, type Device } from '../../../simulators/pos/device/device.ts'

export interface TestPaymentsOptions {
  /** The authority of the terminals, then its issuers. */
  issuers: readonly X509Certificate[]
  db: Database
  clock: Clock
  journal: Journal
  random: Random
}

/** The merchant ASE's payments of the same terminals, before a Rafiki that approves whatever it is asked. */
export interface TestPayments {
  /** A payment by a terminal's certificate and signature: `Approved`, or the text of the reason. */
  pay(device: Device, assetCode?: string): Promise<string>
  close(): Promise<void>
}

const URL = 'http://127.0.0.1/payments'

export async function startTestPayments(options: TestPaymentsOptions): Promise<TestPayments> {
  const { clock, random } = options
  const rafiki = await startStubRafiki({
    '/payment': () => ({ status: 200, body: { result: { code: 'approved' } } }),
  })
  const http = new HttpClient({ from: 'merchant-ase', clock, journal: options.journal })
  const desk = deskOf(options, http, rafiki.origin)
  const judge = new CertificateJudge(options.issuers, clock)
  const pay = async ({ parts, registration }: Device, assetCode = 'EUR') => {
    if (registration === null) throw new Error('expected an onboarded terminal')
    const body = JSON.stringify(bodyOf(assetCode, clock.now()))
    const message = { method: 'POST', url: URL, body }
    const identity = { keyId: registration.terminalId, created: clock.now(), nonce: toHex(random(16)) }
    const headers = await parts.keyStore.signRequest(DEVICE_KEYS.signing, message, identity)
    const answer = await desk.take(
      { ...message, headers },
      { tls: true, certificate: registration.signing, judge },
    )
    return answer.body.reason ?? answer.body.outcome
  }
  const close = async () => {
    await http.close()
    await rafiki.close()
  }
  return { pay, close }
}

function deskOf({ db, clock, journal }: TestPaymentsOptions, http: HttpClient, origin: string): PaymentDesk {
  const timeoutMs = DEFAULT_WINDOWS.inquiry
  const admin = new RafikiAdmin({
    to: 'rafiki-merchant',
    url: `${origin}/graphql`,
    tenantId: 'tenant',
    secret: 'admin secret of a test',
    version: 1,
    clock,
    http,
    timeoutMs,
  })
  const inquiry = new Inquiry({ admin, http, journal, timeoutMs })
  return new PaymentDesk({
    secured: null,
    db,
    http,
    admin,
    inquiry,
    refunds: new Refunds({ db, admin, clock, journal }),
    pointOfSaleUrl: origin,
    windows: DEFAULT_WINDOWS,
    clock,
    journal,
  })
}

function bodyOf(assetCode: string, timestamp: number) {
  return {
    requestId: randomUUID(),
    signature: '0102030405060708',
    payload: '770102',
    amount: { value: '1250', assetCode, assetScale: 2 },
    senderWalletAddress: 'https://wallet.tapbench.example/alice',
    timestamp,
  }
}
