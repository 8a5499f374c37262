import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { encodeErrorIndication, NO_ERROR } from './error-indication.ts'
import { describeOutcomeParameterSet, encodeOutcomeParameterSet, NO_OUTCOME } from './outcome-parameters.ts'
import { describeUserInterfaceRequest, encodeUserInterfaceRequest, showing } from './user-interface.ts'

test('Outcome Parameter Set: nothing but a status', () => {
  const set = { ...NO_OUTCOME, status: 'APPROVED' } as const
  assert.equal(toHex(encodeOutcomeParameterSet(set)), '10F0F0F000F0FF00')
})

test('Outcome Parameter Set: everything', () => {
  const set = {
    status: 'ONLINE REQUEST',
    start: 'B',
    cvm: 'ONLINE PIN',
    uiRequestOnOutcome: true,
    uiRequestOnRestart: true,
    dataRecord: true,
    discretionaryData: true,
    receipt: true,
    fieldOff: 13,
    removalTimeout: 5,
  } as const
  assert.equal(toHex(encodeOutcomeParameterSet(set)), '3010F020F8F00D05')
  assert.equal(describeOutcomeParameterSet(set), 'ONLINE REQUEST, start B, ONLINE PIN, receipt')
})

test('User Interface Request Data: message, status, hold time, language, balance', () => {
  const request = {
    ...showing('approved', 'card read successfully', 1300),
    language: fromHex('64656E66'),
    value: { kind: 'balance', amount: 1234n, currency: fromHex('0978') },
  } as const
  assert.equal(
    toHex(encodeUserInterfaceRequest(request)),
    `0304000013${'64656E6600000000'}20${'000000001234'}0978`,
  )
  assert.equal(
    describeUserInterfaceRequest(request),
    '"Approved", card read successfully, held 1300 ms, balance 1234',
  )
})

test('Error Indication: three levels, status word, message', () => {
  const error = { ...NO_ERROR, l2: 'STATUS BYTES', sw: 0x6985, messageOnError: 'other card' } as const
  assert.equal(toHex(encodeErrorIndication(error)), '00030069851C')
  assert.equal(toHex(encodeErrorIndication(NO_ERROR)), '0000000000FF')
})
