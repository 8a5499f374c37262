import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { caKeyStore } from '../../../protocols/emv/oda/ca-key.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { Cardholder } from '../emv/cardholder.ts'
import type { KernelOutcome } from '../emv/kernel-result.ts'
import { newTvr, TVR_PLACES, type TvrBit } from '../emv/tvr.ts'
import { CA_ENTRY, CA_INDEX, PAN, RID, SERIAL } from './testing/keys.ts'
import { type RunOptions, runKernel } from './testing/run-kernel.ts'
import { type CardChanges, pinCertificateObjects, TestCard } from './testing/test-card.ts'

const SDA = { aip: '5800', oda: 'SDA' } as const
const DDA = { aip: '3800', oda: 'DDA' } as const
const CDA = { aip: '1900', oda: 'DDA' } as const
const DENY_ALL = { denial: 'FFFFFFFFFF', online: '0000000000', default: '0000000000' }
const ONLINE_ALL = { denial: '0000000000', online: 'FFFFFFFFFF', default: '0000000000' }
const DEFAULT_ALL = { denial: '0000000000', online: 'FFFFFFFFFF', default: 'FFFFFFFFFF' }
const pin = (digits: string): Partial<Cardholder> => ({
  offlinePin: async () => ({ kind: 'entered', pin: digits }),
})
const bypass: Partial<Cardholder> = {
  offlinePin: async () => ({ kind: 'bypassed' }),
  onlinePin: async () => ({ kind: 'bypassed' }),
}
const onlinePin: Partial<Cardholder> = {
  onlinePin: async () => ({ kind: 'entered', pinData: fromHex('0011223344556677') }),
}
/** A CVM List with X 10.00 and Y 20.00. */
const cvm = (...rules: string[]): CardChanges => ({ objects: { '8E': `000003E8000007D0${rules.join('')}` } })
const unable = { decision: 'unable', code: 'issuer_unreachable' } as const

interface Case extends RunOptions {
  name: string
  card?: CardChanges
  outcome?: KernelOutcome
  /** Bits of the TVR at the end; without offline data authentication, that bit is set too. */
  tvr?: readonly TvrBit[]
  tsi?: string
  cvmResults?: string
  reason?: RegExp
}

function tvrOf(bits: readonly TvrBit[]): string {
  const silent: Journal = { record: () => undefined }
  const tvr = newTvr(silent)
  for (const bit of bits) tvr.set(bit)
  return tvr.hex
}

/** Bits that some case waits for. */
const expected = new Set<string>()

function cases(group: string, table: readonly Case[]): void {
  for (const { tvr = [] } of table) for (const bit of tvr) expected.add(bit)
  describe(group, () => {
    for (const entry of table) test(entry.name, () => check(entry))
  })
}

async function check({ card = {}, outcome, tvr, tsi, cvmResults, reason, ...options }: Case): Promise<void> {
  const { result } = await runKernel(new TestCard(card), options)
  const seen = `${result.outcome}: ${result.reason}`
  assert.equal(result.outcome, outcome ?? 'Approved', seen)
  const signed = (card.aip ?? '1800') !== '1800'
  if (tvr !== undefined) assert.equal(result.tvr, tvrOf(signed ? tvr : ['odaNotPerformed', ...tvr]), seen)
  if (tsi !== undefined) assert.equal(result.tsi, tsi)
  if (cvmResults !== undefined) assert.equal(result.cvmResults, cvmResults)
  if (reason !== undefined) assert.match(result.reason, reason)
}

cases('offline data authentication, Book 3, 10.3', [
  { name: 'no method of the card', tvr: [], tsi: '6800' },
  { name: 'SDA', card: SDA, tvr: ['sdaSelected'], tsi: 'E800' },
  { name: 'DDA', card: DDA, tvr: [], tsi: 'E800' },
  { name: 'CDA', card: CDA, tvr: [], tsi: 'E800' },
  { name: 'DDA before SDA', card: { aip: '7800', oda: 'DDA' }, tvr: [], tsi: 'E800' },
  { name: 'CDA before DDA', card: { aip: '7900', oda: 'DDA' }, tvr: [], tsi: 'E800' },
  {
    name: 'DDA when the terminal has no CDA',
    card: { aip: '7900', oda: 'DDA', answers: { '0088': '6700' } },
    emv: { capabilities: 'E0F8C0' },
    outcome: 'EndApplication',
    reason: /INTERNAL AUTHENTICATE: 6700/,
  },
  {
    name: 'SDA alone in the terminal, not in the card',
    card: DDA,
    emv: { capabilities: 'E0F880' },
    tvr: ['odaNotPerformed'],
    tsi: '6800',
  },
  {
    name: 'SDA: data changed',
    card: { ...SDA, answers: { '00B2010C': signedRecord() } },
    tvr: ['sdaSelected', 'sdaFailed'],
    tsi: 'E800',
  },
  {
    name: 'SDA: no 93',
    card: { ...SDA, objects: { '93': null } },
    tvr: ['sdaSelected', 'sdaFailed', 'iccDataMissing'],
  },
  {
    name: 'SDA: no 8F',
    card: { ...SDA, objects: { '8F': null } },
    tvr: ['sdaSelected', 'sdaFailed', 'iccDataMissing'],
  },
  {
    name: 'DDA: no 90',
    card: { ...DDA, objects: { '90': null } },
    tvr: ['ddaFailed', 'iccDataMissing'],
    tsi: 'E800',
  },
  { name: 'DDA: no 9F46', card: { ...DDA, objects: { '9F46': null } }, tvr: ['ddaFailed', 'iccDataMissing'] },
  { name: 'DDA: no 9F47', card: { ...DDA, objects: { '9F47': null } }, tvr: ['ddaFailed', 'iccDataMissing'] },
  { name: 'DDA: wrong signature', card: { ...DDA, spoilSignature: true }, tvr: ['ddaFailed'] },
  { name: 'DDA: DDOL without 9F37', card: { ...DDA, objects: { '9F49': '9F0206' } }, tvr: ['ddaFailed'] },
  { name: 'DDA: default DDOL without 9F37', card: DDA, application: { ddol: '9F0206' }, tvr: ['ddaFailed'] },
  {
    name: 'DDA: no 9F4B in format 2',
    card: { ...DDA, answers: { '0088': '77009000' } },
    tvr: ['ddaFailed', 'iccDataMissing'],
  },
  { name: 'DDA: unknown authority key', card: DDA, caKeys: caKeyStore([]), tvr: ['ddaFailed'] },
  {
    name: 'DDA: authority key with a wrong checksum',
    card: DDA,
    caKeys: caKeyStore([{ ...CA_ENTRY, checksum: new Uint8Array(20) }]),
    tvr: ['ddaFailed'],
  },
  {
    name: 'DDA: expired authority key',
    card: DDA,
    caKeys: caKeyStore([{ ...CA_ENTRY, expiry: fromHex('261120') }]),
    tvr: ['ddaFailed'],
  },
  {
    name: 'DDA: authority key on its last day',
    card: DDA,
    caKeys: caKeyStore([{ ...CA_ENTRY, expiry: fromHex('261121') }]),
    tvr: [],
  },
  { name: 'DDA: expired issuer certificate', card: { ...DDA, issuerExpiry: '1026' }, tvr: ['ddaFailed'] },
  {
    name: 'DDA: revoked issuer certificate',
    card: DDA,
    emv: { revokedCertificates: [{ rid: RID, index: CA_INDEX, serial: SERIAL }] },
    tvr: ['ddaFailed'],
  },
  {
    name: 'DDA: another certificate revoked',
    card: DDA,
    emv: { revokedCertificates: [{ rid: RID, index: CA_INDEX, serial: '000009' }] },
    tvr: [],
  },
  {
    name: 'CDA: no 9F46',
    card: { ...CDA, objects: { '9F46': null } },
    tvr: ['cdaFailed', 'iccDataMissing'],
    tsi: 'E800',
  },
  {
    name: 'CDA: wrong signature of a TC',
    card: { ...CDA, spoilSignature: true },
    outcome: 'Declined',
    tvr: ['cdaFailed'],
    tsi: 'E800',
    reason: /combined DDA/,
  },
  {
    name: 'CDA: response of format 1',
    card: { ...CDA, format1: true },
    outcome: 'Declined',
    tvr: ['cdaFailed'],
  },
  {
    name: 'CDA: a refusal is not signed',
    card: { ...CDA, first: () => 0x00 },
    outcome: 'Declined',
    tvr: [],
    reason: /card declined/,
  },
  {
    name: 'CDA: the terminal asks for a refusal',
    card: { ...CDA, objects: { '5F24': '251231' } },
    application: { actionCodes: DENY_ALL },
    outcome: 'Declined',
    tvr: ['expired', 'odaNotPerformed'],
    tsi: '6800',
  },
])

cases('processing restrictions, Book 3, 10.4', [
  { name: 'no version in the card', card: { objects: { '9F08': null } }, tvr: [] },
  { name: 'another version', card: { objects: { '9F08': '0095' } }, tvr: ['versionsDiffer'] },
  { name: 'expired yesterday', card: { objects: { '5F24': '261120' } }, tvr: ['expired'] },
  { name: 'expires today', card: { objects: { '5F24': '261121' } }, tvr: [] },
  { name: 'effective tomorrow', card: { objects: { '5F25': '261122' } }, tvr: ['notYetEffective'] },
  { name: 'effective today', card: { objects: { '5F25': '261121' } }, tvr: [] },
  { name: 'no effective date', card: { objects: { '5F25': null } }, tvr: [] },
  { name: 'dates of two centuries', card: { objects: { '5F24': '491231', '5F25': '991231' } }, tvr: [] },
  { name: 'no usage control', card: { objects: { '9F07': null } }, tvr: [] },
  {
    name: 'not at other terminals than ATMs',
    card: { objects: { '9F07': 'FEC0' } },
    tvr: ['serviceNotAllowed'],
  },
  { name: 'not at ATMs', card: { objects: { '9F07': 'FDC0' } }, tvr: [] },
  {
    name: 'not at ATMs, and it is one',
    card: { objects: { '9F07': 'FDC0' } },
    type: '14',
    emv: { additionalCapabilities: '8000F0A001' },
    transaction: { type: 0x01 },
    tvr: ['serviceNotAllowed'],
  },
  { name: 'domestic goods alone', card: { objects: { '9F07': '2100' } }, tvr: [] },
  { name: 'domestic services alone', card: { objects: { '9F07': '0900' } }, tvr: [] },
  {
    name: 'international goods alone, at home',
    card: { objects: { '9F07': '1500' } },
    tvr: ['serviceNotAllowed'],
  },
  {
    name: 'international goods alone, abroad',
    card: { objects: { '9F07': '1500' } },
    country: '0250',
    tvr: [],
  },
  {
    name: 'domestic goods alone, abroad',
    card: { objects: { '9F07': '2100' } },
    country: '0250',
    tvr: ['serviceNotAllowed'],
  },
  { name: 'no issuer country', card: { objects: { '9F07': '0100', '5F28': null } }, tvr: [] },
  {
    name: 'no cash',
    card: { objects: { '9F07': '3F00' } },
    transaction: { type: 0x01 },
    tvr: ['serviceNotAllowed'],
  },
  {
    name: 'no cashback',
    card: { objects: { '9F07': 'FF00' } },
    transaction: { type: 0x09, amountOther: 100n },
    tvr: ['serviceNotAllowed'],
  },
  {
    name: 'cashback',
    card: { objects: { '9F07': 'FF80' } },
    transaction: { type: 0x09, amountOther: 100n },
    tvr: [],
  },
])

cases('cardholder verification, Book 3, 10.5', [
  {
    name: 'not supported by the card',
    card: { aip: '0800' },
    tvr: ['odaNotPerformed'],
    tsi: '2800',
    cvmResults: '3F0000',
  },
  {
    name: 'no list',
    card: { objects: { '8E': null } },
    tvr: ['iccDataMissing'],
    tsi: '2800',
    cvmResults: '3F0000',
  },
  { name: 'a list without rules', card: cvm(), tvr: ['iccDataMissing'], tsi: '2800', cvmResults: '3F0000' },
  { name: 'half a rule', card: cvm('1F'), outcome: 'EndApplication', reason: /CVM List/ },
  { name: 'no CVM', card: cvm('1F00'), tvr: [], tsi: '6800', cvmResults: '1F0002' },
  {
    name: 'no CVM, which the terminal has not',
    card: cvm('1F00'),
    emv: { capabilities: 'E0F0C8' },
    tvr: ['cvmNotSuccessful'],
    cvmResults: '3F0001',
  },
  { name: 'signature', card: cvm('1E00'), tvr: [], cvmResults: '1E0000' },
  { name: 'fail', card: cvm('0000'), tvr: ['cvmNotSuccessful'], tsi: '6800', cvmResults: '000001' },
  {
    name: 'a reserved method, nothing after it',
    card: cvm('2A00'),
    tvr: ['cvmUnrecognised', 'cvmNotSuccessful'],
    cvmResults: '3F0001',
  },
  {
    name: 'a reserved method that forbids to go on',
    card: cvm('2A00', '1F00'),
    tvr: ['cvmUnrecognised', 'cvmNotSuccessful'],
    cvmResults: '3F0001',
  },
  {
    name: 'a reserved method, then no CVM',
    card: cvm('6A00', '1F00'),
    tvr: ['cvmUnrecognised'],
    cvmResults: '1F0002',
  },
  {
    name: 'no condition is met',
    card: cvm('1F01', '1F04', '1F05'),
    tvr: ['cvmNotSuccessful'],
    cvmResults: '3F0001',
  },
  { name: 'a reserved condition', card: cvm('1F0A'), tvr: ['cvmNotSuccessful'], cvmResults: '3F0001' },
  {
    name: 'if supported: it is not',
    card: cvm('0203', '1F00'),
    emv: { capabilities: 'E0B8C8' },
    tvr: [],
    cvmResults: '1F0002',
  },
  { name: 'if not cash: a purchase', card: cvm('1F02'), tvr: [], cvmResults: '1F0202' },
  {
    name: 'if not cash: attended cash',
    card: cvm('1F02', '1E04'),
    transaction: { type: 0x01 },
    tvr: [],
    cvmResults: '1E0400',
  },
  {
    name: 'if unattended cash',
    card: cvm('1F01'),
    type: '25',
    transaction: { type: 0x01 },
    tvr: [],
    cvmResults: '1F0102',
  },
  {
    name: 'if cashback',
    card: cvm('1F02', '1F05'),
    transaction: { type: 0x09 },
    tvr: [],
    cvmResults: '1F0502',
  },
  { name: 'under X', card: cvm('1F06'), transaction: { amount: 999n }, tvr: [], cvmResults: '1F0602' },
  {
    name: 'under X: equal to it',
    card: cvm('1F06'),
    transaction: { amount: 1_000n },
    tvr: ['cvmNotSuccessful'],
  },
  {
    name: 'over X: equal to it',
    card: cvm('1F07'),
    transaction: { amount: 1_000n },
    tvr: ['cvmNotSuccessful'],
  },
  { name: 'over X', card: cvm('1F07'), transaction: { amount: 1_001n }, tvr: [], cvmResults: '1F0702' },
  {
    name: 'under Y',
    card: cvm('1F06', '1F08'),
    transaction: { amount: 1_500n },
    tvr: [],
    cvmResults: '1F0802',
  },
  {
    name: 'over Y',
    card: cvm('1F06', '1F08', '1F09'),
    transaction: { amount: 2_001n },
    tvr: [],
    cvmResults: '1F0902',
  },
  {
    name: 'under X in another currency',
    card: { objects: { '8E': '000003E8000007D01F06', '9F42': '0840' } },
    transaction: { amount: 1n },
    tvr: ['cvmNotSuccessful'],
  },
  {
    name: 'under X without a card currency',
    card: { objects: { '8E': '000003E8000007D01F06', '9F42': null } },
    transaction: { amount: 1n },
    tvr: ['cvmNotSuccessful'],
  },
  { name: 'plaintext PIN', card: cvm('0100'), cardholder: pin('1234'), tvr: [], cvmResults: '010002' },
  {
    name: 'plaintext PIN, always wrong',
    card: cvm('0100'),
    cardholder: pin('9999'),
    tvr: ['pinTryLimitExceeded', 'cvmNotSuccessful'],
    cvmResults: '010001',
  },
  {
    name: 'plaintext PIN, wrong, then no CVM',
    card: cvm('4100', '1F00'),
    cardholder: pin('9999'),
    tvr: ['pinTryLimitExceeded'],
    cvmResults: '1F0002',
  },
  {
    name: 'plaintext PIN without tries',
    card: { ...cvm('0100'), counters: { '9F17': '00' } },
    cardholder: pin('1234'),
    tvr: ['pinTryLimitExceeded', 'cvmNotSuccessful'],
    cvmResults: '010001',
  },
  {
    name: 'plaintext PIN, counter not told, blocked',
    card: { ...cvm('0100'), counters: { '9F17': null }, triesLeft: 0 },
    cardholder: pin('1234'),
    tvr: ['pinTryLimitExceeded', 'cvmNotSuccessful'],
  },
  {
    name: 'plaintext PIN, counter not told',
    card: { ...cvm('0100'), counters: { '9F17': null } },
    cardholder: pin('1234'),
    tvr: [],
    cvmResults: '010002',
  },
  {
    name: 'PIN passed over',
    card: cvm('4100', '4200', '1F00'),
    cardholder: bypass,
    tvr: ['pinNotEntered'],
    cvmResults: '1F0002',
  },
  {
    name: 'PIN passed over, nothing else',
    card: cvm('0100'),
    cardholder: bypass,
    tvr: ['pinNotEntered', 'cvmNotSuccessful'],
    cvmResults: '010001',
  },
  {
    name: 'PIN pad broken',
    card: cvm('0100'),
    tvr: ['pinPadNotWorking', 'cvmNotSuccessful'],
    cvmResults: '010001',
  },
  {
    name: 'PIN that the terminal has not',
    card: cvm('4100', '1F00'),
    emv: { capabilities: 'E068C8' },
    tvr: ['pinPadNotWorking'],
    cvmResults: '1F0002',
  },
  {
    name: 'plaintext PIN and signature',
    card: cvm('0300'),
    cardholder: pin('1234'),
    tvr: [],
    cvmResults: '030000',
  },
  {
    name: 'online PIN',
    card: cvm('0200'),
    cardholder: onlinePin,
    tvr: ['onlinePinEntered'],
    cvmResults: '020000',
  },
  {
    name: 'online PIN passed over',
    card: cvm('0200'),
    cardholder: bypass,
    tvr: ['pinNotEntered', 'cvmNotSuccessful'],
    cvmResults: '020001',
  },
  {
    name: 'enciphered PIN with the ICC key',
    card: { ...DDA, ...cvm('0400') },
    cardholder: pin('1234'),
    tvr: [],
    cvmResults: '040002',
  },
  {
    name: 'enciphered PIN with its own key',
    card: { ...DDA, objects: { ...cvm('0400').objects, ...pinCertificateObjects() } },
    cardholder: pin('1234'),
    tvr: [],
    cvmResults: '040002',
  },
  {
    name: 'enciphered PIN and signature',
    card: { ...CDA, ...cvm('0500') },
    cardholder: pin('1234'),
    tvr: [],
    cvmResults: '050000',
  },
  {
    name: 'enciphered PIN, wrong',
    card: { ...DDA, ...cvm('0400') },
    cardholder: pin('4321'),
    tvr: ['pinTryLimitExceeded', 'cvmNotSuccessful'],
    cvmResults: '040001',
  },
  {
    name: 'enciphered PIN without any key',
    card: cvm('0400'),
    cardholder: pin('1234'),
    tvr: ['iccDataMissing', 'cvmNotSuccessful'],
    cvmResults: '040001',
  },
  {
    name: 'enciphered PIN, challenge of 4 bytes',
    card: { ...DDA, ...cvm('0400'), answers: { '0084': '112233449000' } },
    cardholder: pin('1234'),
    tvr: ['cvmNotSuccessful'],
    cvmResults: '040001',
  },
])

const FULL_RANDOM = { target: 99, maximum: 99, threshold: 0 }
const velocity = (lower: string, upper: string): CardChanges => ({
  objects: { '9F14': lower, '9F23': upper },
})

cases('terminal risk management, Book 3, 10.6', [
  {
    name: 'not asked for',
    card: { aip: '1000' },
    application: { floorLimit: 0 },
    tvr: ['odaNotPerformed'],
    tsi: '6000',
  },
  { name: 'just under the floor limit', application: { floorLimit: 1_251 }, tvr: [], tsi: '6800' },
  { name: 'at the floor limit', application: { floorLimit: 1_250 }, tvr: ['floorLimitExceeded'] },
  {
    name: 'every transaction selected',
    application: { randomSelection: FULL_RANDOM },
    tvr: ['randomlySelected'],
  },
  {
    name: 'none selected over the floor limit',
    application: { randomSelection: FULL_RANDOM, floorLimit: 0 },
    tvr: ['floorLimitExceeded'],
  },
  {
    name: 'none selected by an offline terminal',
    type: '23',
    application: { randomSelection: FULL_RANDOM },
    tvr: [],
  },
  {
    name: 'drawn just over the target',
    application: { randomSelection: { target: 41, maximum: 41, threshold: 2_000 } },
    random: drawing(41),
    tvr: [],
  },
  {
    name: 'drawn at the target',
    application: { randomSelection: { target: 42, maximum: 42, threshold: 2_000 } },
    random: drawing(41),
    tvr: ['randomlySelected'],
  },
  {
    name: 'biased: half way, under',
    application: { floorLimit: 2_500, randomSelection: { target: 0, maximum: 80, threshold: 0 } },
    random: drawing(39),
    tvr: ['randomlySelected'],
  },
  {
    name: 'biased: half way, over',
    application: { floorLimit: 2_500, randomSelection: { target: 0, maximum: 80, threshold: 0 } },
    random: drawing(40),
    tvr: [],
  },
  { name: 'velocity: within both', card: velocity('01', '02'), tvr: [] },
  {
    name: 'velocity: over the lower',
    card: { ...velocity('01', '02'), counters: { '9F13': '0003' } },
    tvr: ['lowerOfflineLimitExceeded'],
  },
  {
    name: 'velocity: over both',
    card: { ...velocity('01', '02'), counters: { '9F13': '0002' } },
    tvr: ['lowerOfflineLimitExceeded', 'upperOfflineLimitExceeded'],
  },
  { name: 'velocity: one limit alone', card: { objects: { '9F14': '00' } }, tvr: [] },
  {
    name: 'velocity: no counter',
    card: { ...velocity('09', '09'), counters: { '9F13': null } },
    tvr: ['lowerOfflineLimitExceeded', 'upperOfflineLimitExceeded'],
  },
  {
    name: 'velocity: counter not above the last online',
    card: { ...velocity('09', '09'), counters: { '9F13': '0005' } },
    tvr: ['lowerOfflineLimitExceeded', 'upperOfflineLimitExceeded'],
  },
  {
    name: 'velocity: new card',
    card: { ...velocity('09', '09'), counters: { '9F13': '0000' } },
    tvr: ['newCard'],
  },
  { name: 'exception file', emv: { exceptionFile: [{ pan: PAN }] }, tvr: ['exceptionFile'] },
  {
    name: 'exception file, this sequence number',
    emv: { exceptionFile: [{ pan: PAN, sequence: '00' }] },
    tvr: ['exceptionFile'],
  },
  {
    name: 'exception file, another sequence number',
    emv: { exceptionFile: [{ pan: PAN, sequence: '01' }] },
    tvr: [],
  },
  {
    name: 'the merchant wants to go online',
    transaction: { merchantForcesOnline: true },
    tvr: ['merchantForcedOnline'],
  },
])

cases('terminal action analysis, Book 3, 10.7', [
  { name: 'nothing matches: TC', outcome: 'Approved', reason: /offline/ },
  {
    name: 'denial of the terminal',
    application: { actionCodes: DENY_ALL },
    outcome: 'Declined',
    tsi: '6800',
    reason: /terminal action analysis/,
  },
  {
    name: 'denial of the issuer',
    card: { objects: { '9F0E': '8000000000' } },
    outcome: 'Declined',
    reason: /terminal action analysis/,
  },
  {
    name: 'online of the terminal',
    application: { actionCodes: ONLINE_ALL },
    outcome: 'Approved',
    reason: /approved online/,
  },
  {
    name: 'online of the issuer',
    card: { objects: { '9F0F': '8000000000' } },
    outcome: 'Approved',
    reason: /approved online/,
  },
  {
    name: 'no issuer action codes: online',
    card: { objects: { '9F0D': null, '9F0E': null, '9F0F': null } },
    outcome: 'Approved',
    reason: /approved online/,
  },
  {
    name: 'an online-only terminal always asks',
    type: '21',
    card: DDA,
    outcome: 'Approved',
    reason: /approved online/,
  },
  {
    name: 'an offline-only terminal looks at default',
    type: '23',
    application: { actionCodes: DEFAULT_ALL },
    outcome: 'Declined',
    reason: /terminal action analysis/,
  },
  {
    name: 'an offline-only terminal does not go online',
    type: '23',
    application: { actionCodes: ONLINE_ALL },
    outcome: 'Approved',
    reason: /approved offline/,
  },
  {
    name: 'unable to go online: default matches',
    application: { actionCodes: DEFAULT_ALL },
    online: unable,
    outcome: 'Declined',
    reason: /issuer could not be asked/,
  },
  {
    name: 'unable to go online: default does not match',
    application: { actionCodes: ONLINE_ALL },
    online: unable,
    outcome: 'Approved',
    reason: /without the issuer/,
  },
])

cases('card action analysis, Book 3, 9 and 10.8', [
  {
    name: 'the card declines',
    card: { first: () => 0x00 },
    outcome: 'Declined',
    reason: /card declined \(offline\)/,
  },
  {
    name: 'the card does not offer the service',
    card: { first: () => 0x01 },
    outcome: 'Declined',
    reason: /service not allowed/,
  },
  {
    name: 'the card wants to go online',
    card: { first: () => 0x80 },
    outcome: 'Approved',
    reason: /approved online/,
  },
  { name: 'format 1', card: { format1: true }, outcome: 'Approved' },
  {
    name: 'a TC for an ARQC',
    card: { first: () => 0x40 },
    application: { actionCodes: ONLINE_ALL },
    outcome: 'EndApplication',
    reason: /no more than the ARQC/,
  },
  {
    name: 'an ARQC for an AAC',
    card: { first: () => 0x80 },
    application: { actionCodes: DENY_ALL },
    outcome: 'EndApplication',
    reason: /no more than the AAC/,
  },
  { name: 'the reserved type', card: { first: () => 0xc0 }, outcome: 'EndApplication', reason: /CID C0/ },
  {
    name: 'a refused command',
    card: { answers: { '80AE': '6985' } },
    outcome: 'EndApplication',
    reason: /6985/,
  },
  {
    name: 'no cryptogram',
    card: { answers: { '80AE': '77099F2701409F360200059000' } },
    outcome: 'EndApplication',
    reason: /9F26/,
  },
  {
    name: 'format 1 too short',
    card: { answers: { '80AE': '800A400005010203040506079000' } },
    outcome: 'EndApplication',
  },
])

const ONLINE = { application: { actionCodes: ONLINE_ALL } }
const script = (tag: '71' | '72', ...commands: string[]): Uint8Array => {
  const inside = `9F1804AABBCCDD${commands.map((hex) => `86${byte(hex.length / 2)}${hex}`).join('')}`
  return fromHex(`${tag}${byte(inside.length / 2)}${inside}`)
}
const byte = (value: number): string => toHex(Uint8Array.of(value))

cases('online processing, Book 3, 10.9 to 10.11', [
  {
    name: 'declined by the issuer',
    ...ONLINE,
    online: { decision: 'decline', responseCode: '05', code: null },
    outcome: 'Declined',
    reason: /issuer declined \(response code 05\)/,
  },
  {
    name: 'a card that nobody knows',
    ...ONLINE,
    online: { decision: 'decline', responseCode: '14', code: 'issuer_unknown' },
    outcome: 'Declined',
    reason: /^card is not known to an issuer$/,
  },
  {
    name: 'approved, and the card says no',
    ...ONLINE,
    card: { second: () => 0x00 },
    outcome: 'Declined',
    reason: /second GENERATE AC/,
  },
  {
    name: 'an ARQC at the second GENERATE AC',
    ...ONLINE,
    card: { second: () => 0x80 },
    outcome: 'EndApplication',
    reason: /breaks the specification/,
  },
  {
    name: 'issuer authentication',
    ...ONLINE,
    card: { aip: '1C00' },
    online: { issuerAuthenticationData: fromHex('11223344556677883030') },
    tvr: ['odaNotPerformed'],
    tsi: '7800',
  },
  {
    name: 'issuer authentication failed',
    ...ONLINE,
    card: { aip: '1C00', answers: { '0082': '6300' } },
    online: { issuerAuthenticationData: fromHex('11223344556677883030') },
    tvr: ['odaNotPerformed', 'issuerAuthenticationFailed'],
    tsi: '7800',
  },
  ...[8, 16].map((bytes) => ({
    name: `issuer authentication data of ${bytes} bytes`,
    ...ONLINE,
    card: { aip: '1C00' },
    online: { issuerAuthenticationData: new Uint8Array(bytes) },
    tvr: ['odaNotPerformed'] as const,
    tsi: '7800',
  })),
  // Not sent: no command can carry it.
  ...[7, 17].map((bytes) => ({
    name: `issuer authentication data of ${bytes} bytes`,
    ...ONLINE,
    card: { aip: '1C00' },
    online: { issuerAuthenticationData: new Uint8Array(bytes) },
    tvr: ['odaNotPerformed', 'issuerAuthenticationFailed'] as const,
    tsi: '6800',
  })),
  {
    name: 'issuer authentication data for CDOL2 alone',
    ...ONLINE,
    online: { issuerAuthenticationData: fromHex('11223344556677883030') },
    tvr: [],
    tsi: '6800',
  },
  {
    name: 'script 71',
    ...ONLINE,
    card: { answers: { '841E': '9000' } },
    online: { scripts: [script('71', '841E000000')] },
    tvr: [],
    tsi: '6C00',
  },
  {
    name: 'script 71 failed',
    ...ONLINE,
    online: { scripts: [script('71', '841E000000')] },
    tvr: ['scriptFailedBefore'],
    tsi: '6C00',
  },
  {
    name: 'script 72',
    ...ONLINE,
    card: { answers: { '841E': '6283' } },
    online: { scripts: [script('72', '841E000000')] },
    tvr: [],
    tsi: '6C00',
  },
  {
    name: 'script 72 failed',
    ...ONLINE,
    online: { scripts: [script('72', '841E000000')] },
    tvr: ['scriptFailedAfter'],
    tsi: '6C00',
  },
  {
    name: 'script that cannot be read',
    ...ONLINE,
    online: { scripts: [fromHex('7109')] },
    tvr: [],
    tsi: '6800',
  },
  { name: 'CDA of an ARQC', ...cdaOnline(), tvr: [], tsi: 'E800', outcome: 'Approved' },
  {
    name: 'CDA of an ARQC failed: not sent',
    ...cdaOnline(),
    card: { ...CDA, spoilSignature: true },
    tvr: ['cdaFailed'],
    outcome: 'Declined',
    reason: /combined DDA/,
  },
])

const sha1 = (hex: string): string => createHash('sha1').update(fromHex(hex)).digest('hex').toUpperCase()

function cdaOnline(): RunOptions & { card: CardChanges } {
  return { type: '21', card: CDA, application: { actionCodes: ONLINE_ALL } }
}

function drawing(value: number): (length: number) => Uint8Array {
  return (length) => {
    const bytes = new Uint8Array(length)
    bytes[length - 1] = value
    return bytes
  }
}

function signedRecord(): string {
  const card = new TestCard({ ...SDA, objects: { '5F24': '301130' } })
  return toHex(card.transmit(fromHex('00B2010C00')))
}

test('a TC hash value is made of the card TDOL, or else of the default one, which the TVR tells', async () => {
  const list = { '8C': '95059814', '97': '9F0206' }
  const own = new TestCard({ objects: list })
  const byCard = await runKernel(own)
  assert.equal(own.cdolValue('first', '98'), sha1('000000001250'))
  assert.equal(byCard.result.tvr, tvrOf(['odaNotPerformed']))
  const other = new TestCard({ objects: { ...list, '97': null } })
  const byDefault = await runKernel(other, { application: { tdol: '9F1A02' } })
  assert.equal(other.cdolValue('first', '98'), sha1('0276'))
  assert.equal(byDefault.result.tvr, tvrOf(['odaNotPerformed', 'defaultTdolUsed']))
})

test('every bit of the TVR that a contact kernel can set is set by a case', () => {
  // Relay resistance is contactless; the default TDOL has a test of its own.
  const missing = Object.keys(TVR_PLACES).filter(
    (bit) => !bit.startsWith('relay') && bit !== 'defaultTdolUsed' && !expected.has(bit),
  )
  assert.deepEqual(missing, [])
})

test('the card sees TVR, TSI, CVM results and response code as they are when it is asked', async () => {
  const card = new TestCard()
  await runKernel(card, { application: { actionCodes: ONLINE_ALL, floorLimit: 0 } })
  assert.equal(card.cdolValue('first', '95'), tvrOf(['odaNotPerformed', 'floorLimitExceeded']))
  assert.equal(card.cdolValue('first', '9F34'), '1F0002')
  assert.equal(card.cdolValue('first', '9F02'), '000000001250')
  assert.equal(card.cdolValue('second', '8A'), toHex(Buffer.from('00')))
  assert.equal(card.cdolValue('second', '9B'), '6800')
  for (const [options, code] of [
    [{ online: unable, application: { actionCodes: ONLINE_ALL } }, 'Y3'],
    [{ online: unable, application: { actionCodes: DEFAULT_ALL } }, 'Z3'],
  ] as const) {
    const other = new TestCard()
    await runKernel(other, options)
    assert.equal(other.cdolValue('second', '8A'), toHex(Buffer.from(code)))
  }
})

test('the issuer gets the ARQC, the enciphered PIN, and the data that go with it', async () => {
  const { requests } = await runKernel(new TestCard(cvm('0200')), { ...ONLINE, cardholder: onlinePin })
  const [request] = requests
  assert.equal(requests.length, 1)
  assert.equal(toHex(request?.pinData ?? new Uint8Array()), '0011223344556677')
  assert.equal(toHex(request?.data.require('5A') ?? new Uint8Array()), PAN)
})

test('issuer scripts: results, which command failed, and when they run', async () => {
  const card = new TestCard({ answers: { '841E': '9000', '8418': '6985' } })
  const scripts = [script('72', '841E000000', '8418000000', '841E000000'), script('71', '841E000000')]
  const { result } = await runKernel(card, { ...ONLINE, online: { scripts } })
  assert.deepEqual(result.scriptResults, ['20AABBCCDD', '12AABBCCDD'])
  const order = card.commands.map((command) => command.slice(0, 4)).slice(-5)
  assert.deepEqual(order, ['80AE', '841E', '80AE', '841E', '8418'])
})

test('EXTERNAL AUTHENTICATE carries what the issuer sent, before the scripts', async () => {
  const card = new TestCard({ aip: '1C00', answers: { '841E': '9000' } })
  const issuerAuthenticationData = fromHex('11223344556677883030')
  await runKernel(card, {
    ...ONLINE,
    online: { issuerAuthenticationData, scripts: [script('71', '841E000000')] },
  })
  const at = card.commands.indexOf('008200000A11223344556677883030')
  assert.ok(at > 0 && at < card.commands.indexOf('841E000000'))
})

test('a cardholder has as many tries as the card says, and is told', async () => {
  const told: (number | null)[] = []
  const offlinePin: Cardholder['offlinePin'] = async (left) => {
    told.push(left)
    return { kind: 'entered', pin: told.length === 3 ? '1234' : '0000' }
  }
  const { result } = await runKernel(new TestCard(cvm('0100')), { cardholder: { offlinePin } })
  assert.equal(result.cvmResults, '010002')
  assert.deepEqual(told, [3, 2, 1])
})

test('a PIN that was passed over is not asked for again', async () => {
  let asked = 0
  const offlinePin: Cardholder['offlinePin'] = async () => {
    asked++
    return { kind: 'bypassed' }
  }
  await runKernel(new TestCard(cvm('4100', '4100', '4200', '1F00')), { cardholder: { offlinePin } })
  assert.equal(asked, 1)
})

test('the journal has every bit and every decision in words, no PAN and no PIN', async () => {
  const { journal } = await runKernel(new TestCard({ ...DDA, ...cvm('0100') }), {
    application: { floorLimit: 0, actionCodes: ONLINE_ALL },
    cardholder: pin('1234'),
  })
  const lines = journal.entries.flatMap((entry) =>
    entry.kind === 'terminal' ? [`${entry.step}: ${entry.detail}`] : [],
  )
  assert.ok(lines.includes('TVR: 4.8 set: transaction exceeds floor limit (0000008000)'), lines.join('\n'))
  assert.ok(lines.includes('TSI: 1.8 set: offline data authentication was performed (8000)'))
  assert.ok(
    lines.includes(
      'Cardholder verification: plaintext PIN verification performed by ICC, always: successful',
    ),
  )
  assert.ok(lines.includes('Terminal action analysis: decision: ARQC'))
  const all = JSON.stringify(journal.entries)
  assert.doesNotMatch(all, new RegExp(`${PAN}|241234FF`))
})
