import { hostTransactionKey } from '../../../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../../../protocols/dukpt/ksn.ts'
import { TDES_DUKPT, tdesWorkingKey } from '../../../../protocols/dukpt/tdes.ts'
import { decipherPin, encipherPin } from '../../../../protocols/pin/encipher.ts'
import { pinBlock } from '../../../../protocols/pin/pin-block.ts'
import { pinField } from '../../../../protocols/pin/pin-field.ts'
import type { PinAccount } from '../../pins.ts'
import type { OperationName } from '../../requests.ts'
import { type Cases, each, type Passed, random } from './case.ts'
import type { SpiedHsm } from './spied-hsm.ts'

const PAN = '4012345678901234'
const PIN = '734921685037'
const OTHER_PIN = '418820957316'
const [PWK, BASE] = ['PIN working tdes-2', 'DUKPT base tdes-2']
const TO = { key: PWK, format: 0, pan: PAN } as const
const ACCOUNTS: Readonly<Record<PinAccount['method'], PinAccount>> = {
  'ibm-3624': {
    method: 'ibm-3624',
    key: 'PIN verification, IBM 3624 tdes-2',
    validationData: '4012345678901234',
    decimalizationTable: '0123456789012345',
  },
  'visa-pvv': { method: 'visa-pvv', key: 'PIN verification, Visa PVV tdes-2', pan: PAN, keyIndex: '1' },
}
const METHODS = ['ibm-3624', 'visa-pvv'] as const

/** PINs, which are clear in a signer and nowhere else. */
export const PIN_CASES = {
  TranslatePin: {
    'working key, format 0 to format 4': async (spied) => {
      const to = { key: 'PIN working aes-256', format: 4, pan: PAN } as const
      await spied.hsm.pins.translatePin({ from: TO, to, block: blockOf(spied, PIN) })
      return passed(PIN)
    },
    'TDES DUKPT': async (spied) => {
      const ksn = { scheme: TDES_DUKPT, id: Uint8Array.of(...random(7), 0), counter: 7 }
      const transaction = hostTransactionKey(spied.value(BASE), ksn)
      const block = encipherPin({ ...TO, key: tdesWorkingKey(transaction, 'pin') }, PIN, random)
      const from = { ...TO, key: BASE, ksn: ksnBytes(ksn) }
      await spied.hsm.pins.translatePin({ from, to: TO, block })
      return passed(PIN)
    },
  },
  VerifyPin: each(METHODS, (method) => async (spied) => {
    const sent = { side: TO, block: blockOf(spied, PIN) }
    await spied.hsm.pins.verifyPin({ account: ACCOUNTS[method], value: '0000', ...sent })
    return passed(PIN)
  }),
  GeneratePin: each(METHODS, (method) => async (spied) => {
    const order = { account: ACCOUNTS[method], source: 'random', length: 12, to: TO } as const
    const { block } = await spied.hsm.pins.generatePin(order)
    const reading = decipherPin({ ...TO, key: spied.value(PWK) }, block)
    if (!reading.ok) throw new Error(`expected a PIN block that can be read, got ${reading.reason}`)
    return passed(reading.pin)
  }),
  ChangePin: each(METHODS, (method) => async (spied) => {
    const sent = (pin: string) => ({ side: TO, block: blockOf(spied, pin) })
    const blocks = { current: sent(OTHER_PIN), next: sent(PIN) }
    await spied.hsm.pins.changePin({ account: ACCOUNTS[method], value: '0000', ...blocks })
    return { pins: { ...passed(OTHER_PIN).pins, ...passed(PIN).pins } }
  }),
} satisfies Partial<Record<OperationName, Cases>>

function blockOf(spied: SpiedHsm, pin: string): Uint8Array {
  return encipherPin({ ...TO, key: spied.value(PWK) }, pin, random)
}

/** The PIN as text, and its clear blocks of the formats that have no random filler in their first half. */
function passed(pin: string): Passed {
  return {
    pins: {
      [`PIN ${pin}`]: Buffer.from(pin),
      [`format 0 of PIN ${pin}`]: pinBlock(0, pin, { pan: PAN, random }),
      [`PIN field of PIN ${pin}`]: pinField(0, pin),
      [`PIN field 4 of PIN ${pin}`]: pinField(4, pin, random).slice(0, 8),
    },
  }
}
