import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { KernelEnd } from '../../../protocols/journal/journal.ts'
import { detailLines } from '../detail-lines.ts'
import { rowsOf } from './rows.ts'

const CONTACT: KernelEnd = {
  name: 'contact',
  outcome: 'Declined',
  reason: 'the issuer declined',
  tvr: '0000048010',
  tsi: 'F800',
  cvmResults: '420300',
  scriptResults: ['2000000001', '1200000000'],
  contactless: null,
}

const CONTACTLESS: KernelEnd = {
  ...CONTACT,
  name: 'contactless',
  outcome: 'Approved',
  reason: 'the card approved offline',
  tvr: '0000000000',
  tsi: '0000',
  cvmResults: null,
  scriptResults: [],
  contactless: {
    mode: 'EMV',
    status: 'APPROVED',
    messages: ['Approved'],
    cvm: 'NO CVM',
    start: 'none',
    receipt: false,
    error: 'no error',
    balance: null,
    outcomeParameters: '10F0F000B0F0FF00',
    userInterface: null,
    errorIndication: '0000000000FF',
  },
}

function rowOf(end: KernelEnd) {
  const [row] = rowsOf([{ kind: 'kernel', ...end, at: 5 }])
  return row ?? assert.fail('no row')
}

test('a kernel is told by its outcome and reason, its status bits in words', () => {
  const { what, result, mood, gist } = rowOf(CONTACT)
  assert.deepEqual([what, result, mood], ['contact kernel: the issuer declined', 'Declined', 'bad'])
  assert.deepEqual(gist, [
    'TVR 0000048010: online PIN entered, transaction exceeds floor limit, script processing failed after final GENERATE AC',
    'TSI F800: offline data authentication was performed, cardholder verification was performed, card risk management was performed, issuer authentication was performed, terminal risk management was performed',
  ])
})

test('each bit, the CVM results and each script is a line to look into', () => {
  assert.deepEqual(detailLines(rowOf(CONTACT)), [
    'Result',
    '  95 Terminal Verification Results  0000048010',
    '    3.3 online PIN entered',
    '    4.8 transaction exceeds floor limit',
    '    5.5 script processing failed after final GENERATE AC',
    '  9B Transaction Status Information  F800',
    '    1.8 offline data authentication was performed',
    '    1.7 cardholder verification was performed',
    '    1.6 card risk management was performed',
    '    1.5 issuer authentication was performed',
    '    1.4 terminal risk management was performed',
    '  9F34 Cardholder Verification Method (CVM) Results  420300  enciphered PIN verified online, if the terminal supports the CVM: unknown',
    '  Issuer Script Results  2000000001  script 00000001: successful',
    '  Issuer Script Results  1200000000  script 00000000: failed at command 2',
  ])
})

test('what a contactless reader says stands beside; what it does not say is left out', () => {
  const row = rowOf(CONTACTLESS)
  assert.deepEqual([row.mood, row.gist], ['good', ['shows "Approved"']])
  const lines = detailLines(row)
  assert.deepEqual(lines.slice(lines.indexOf('Contactless reader')), [
    'Contactless reader',
    '  mode: EMV',
    '  outcome: APPROVED',
    '  CVM: NO CVM',
    '  start: none',
    '  receipt: no',
    '  error: no error',
    '  DF8129: 10F0F000B0F0FF00',
    '  DF8115: 0000000000FF',
  ])
})
