import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { JournalEntry, JournalEvent } from '../../../protocols/journal/journal.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'

const text = (ascii: string) => new Uint8Array(Buffer.from(ascii, 'latin1'))
const padded = (ascii: string) => text(ascii.padEnd(64, '\0'))

const AID = 'A00000015103010C0601'
const CDOL1 = '9F36029F02065F2A025F36019A039F21039F3704DF0140DF0240'
const SENDER = '$wallet.tapbench.example/alice'
const RECEIVER = '$shop.tapbench.example/bakery'
const CRYPTOGRAM = '6EF3F46538F092F4'

const cdol1Data = toHex(
  concat(fromHex('0001 000000001250 0978 02 251101 143000 0B37A838'), padded(RECEIVER), padded(SENDER)),
)
const application = encodeTlv('61', [encodeTlv('4F', fromHex(AID)), encodeTlv('87', fromHex('01'))])
const answers = {
  ppse: encodeTlv('6F', [
    encodeTlv('84', text('2PAY.SYS.DDF01')),
    encodeTlv('A5', [encodeTlv('BF0C', application)]),
  ]),
  aid: encodeTlv('6F', [
    encodeTlv('84', fromHex(AID)),
    encodeTlv('A5', encodeTlv('50', text('INTERLEDGER'))),
  ]),
  gpo: fromHex('770F 82020000 940408010200 9F36020001'),
  record1: encodeTlv('70', [encodeTlv('C1', text(SENDER)), encodeTlv('8C', fromHex(CDOL1))]),
  ac: encodeTlv('77', fromHex(`9F270180 9F36020001 9F2608${CRYPTOGRAM}`)),
}
// As the terminal redacts it: first eight and last four digits of the PAN.
const record2 = '70145A0899999901****56785F24032812315F340101'

const payload = toHex(
  encodeTlv('77', [
    fromHex(`9F270180 9F36020001 9F2608${CRYPTOGRAM} 9F0206000000001250 5F2A020978 5F360102 9A03251101`),
    fromHex('9F2103143000 9F37040B37A838'),
    encodeTlv('DF01', padded(RECEIVER)),
    encodeTlv('DF02', padded(SENDER)),
  ]),
)

const amount = { value: '1250', assetCode: 'EUR', assetScale: 2 }
const senderWalletAddress = 'https://wallet.tapbench.example/alice'
const requestId = 'b7a0e8f5-6c1d-4f7e-9c43-0a6f7a1f3b55'
const headers = {
  'content-digest': 'sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:',
  signature: 'sig1=:iRP0vG5oG0Kq6BvMZgWc7g2XvQ0y1Qb2i4k0y5b0m1Yd8S1zG0Lw3q5n4g7r9mC2:',
  'signature-input':
    'sig1=("@method" "@target-uri" "content-type" "content-digest" "content-length");created=1762007400;keyid="T-0001";alg="ed25519"',
}

type Http = Extract<JournalEvent, { kind: 'http' }>
type Call = Pick<Http, 'from' | 'to' | 'method' | 'url' | 'requestBody' | 'responseBody' | 'us'> &
  Partial<Http>

const http = (call: Call): Http => ({ kind: 'http', status: 200, requestHeaders: {}, ...call })

const apdu = (command: string, response: string | null, us: number): JournalEvent => ({
  kind: 'apdu',
  reader: 'Tapbench 00',
  command: command.replaceAll(' ', ''),
  response,
  us,
})

const ok = (data: Uint8Array) => `${toHex(data)}9000`

/** The journal of a tap of 12.50 EUR, approved, with what each party would write. */
export function sampleTap(): JournalEntry[] {
  return timed([
    [900, apdu('00A404000E 325041592E5359532E4444463031 00', ok(answers.ppse), 610)],
    [950, { kind: 'terminal', step: 'Application selection', detail: `INTERLEDGER (${AID}), priority 1` }],
    [1_600, apdu(`00A404000A ${AID} 00`, ok(answers.aid), 480)],
    [2_200, apdu('80A8000002 8300 00', ok(answers.gpo), 470)],
    [2_900, apdu('00B2010C00', ok(answers.record1), 510)],
    [3_500, apdu('00B2020C00', `${record2}9000`, 490)],
    [
      3_600,
      { kind: 'terminal', step: 'Read application data', detail: 'sender $wallet.tapbench.example/alice' },
    ],
    [4_700, apdu(`80AEC10095 ${cdol1Data} 00`, ok(answers.ac), 920)],
    [4_800, { kind: 'terminal', step: 'Card action analysis', detail: 'ARQC, online authorisation' }],
    [
      7_900,
      http({
        from: 'rafiki-merchant',
        to: 'rafiki-customer',
        method: 'GET',
        url: senderWalletAddress,
        requestBody: null,
        responseBody: { id: senderWalletAddress, assetCode: 'EUR', assetScale: 2 },
        us: 800,
      }),
    ],
    [
      11_000,
      {
        kind: 'webhook',
        to: 'customer-ase',
        type: 'outgoing_payment.created',
        id: '5d4c0c5a-93d7-4f0b-8f5a-8f2d1a3c9e11',
        verdict: 'taken',
        body: {
          data: { state: 'FUNDING', receiveAmount: amount, debitAmount: { ...amount, value: '1263' } },
        },
        us: 900,
      },
    ],
    [
      12_000,
      {
        kind: 'hsm',
        token: 'tapbench',
        operation: 'VerifyArqcAndGenerateArpc',
        mechanism: 'CKM_AES_CMAC',
        key: 'card-42',
        where: 'in token',
        us: 610,
        result: 'ARQC verified',
      },
    ],
    [
      12_700,
      {
        kind: 'decision',
        party: 'customer-ase',
        word: 'approved',
        code: null,
        reason: null,
        facts: { requestId, atc: '0001', un: '0B37A838', amount: '12.50 EUR', balanceBefore: '10000' },
      },
    ],
    [
      13_900,
      http({
        from: 'customer-ase',
        to: 'rafiki-customer',
        method: 'POST',
        url: 'http://127.0.0.1:20001/graphql',
        requestBody: {
          query:
            'mutation Deposit($input: DepositInput!) { depositOutgoingPaymentLiquidity(input: $input) { success } }',
          variables: { input: { outgoingPaymentId: '0f5f', idempotencyKey: '1b2c' } },
        },
        responseBody: { data: { depositOutgoingPaymentLiquidity: { success: true } } },
        us: 1_000,
      }),
    ],
    [
      16_800,
      http({
        from: 'merchant-ase',
        to: 'rafiki-merchant',
        method: 'POST',
        url: 'http://127.0.0.1:20002/payment',
        requestBody: {
          signature: CRYPTOGRAM,
          payload,
          amount,
          senderWalletAddress,
          receiverWalletAddress: 'https://shop.tapbench.example/bakery',
          timestamp: 1762007400000,
        },
        responseBody: { result: { code: 'approved' } },
        us: 9_900,
      }),
    ],
    [
      17_900,
      http({
        from: 'pos',
        to: 'merchant-ase',
        method: 'POST',
        url: 'http://127.0.0.1:20003/payments',
        requestHeaders: headers,
        requestBody: JSON.stringify({
          requestId,
          signature: CRYPTOGRAM,
          payload,
          amount,
          senderWalletAddress,
        }),
        responseBody: { requestId, outcome: 'Approved', code: null, reason: null },
        us: 12_700,
      }),
    ],
    [
      17_950,
      {
        kind: 'decision',
        party: 'pos',
        word: 'approved',
        code: null,
        reason: null,
        facts: { shown: 'Approved' },
      },
    ],
  ])
}

/** The journal of a card that left inside GENERATE AC. */
export function sampleTear(): JournalEntry[] {
  return timed([
    [1_600, apdu(`00A404000A ${AID} 00`, ok(answers.aid), 480)],
    [
      4_700,
      {
        ...apdu(`80AEC10095 ${cdol1Data} 00`, null, 920),
        error: 'card left the reader before it answered',
      } as JournalEvent,
    ],
    [
      4_800,
      { kind: 'terminal', step: 'Tap ended', detail: 'card was removed before GENERATE AC was answered' },
    ],
    [
      4_900,
      {
        kind: 'webhook',
        to: 'customer-ase',
        type: 'outgoing_payment.created',
        id: '7a',
        verdict: 'refused',
        reason: 'signature is wrong',
        body: { note: '<img src=x onerror=alert(1)>' },
        us: 100,
      },
    ],
    [5_000, { kind: 'fact', party: 'bench', text: 'no money moved' }],
  ])
}

function timed(events: readonly (readonly [at: number, event: JournalEvent])[]): JournalEntry[] {
  return events.map(([at, event]) => ({ ...event, at }))
}
