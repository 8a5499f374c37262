import { createDecipheriv } from 'node:crypto'
import {
  AC_ELEMENTS,
  applicationCryptogram,
} from '../../../../protocols/emv/cryptograms/application-cryptogram.ts'
import { FAMILIES, type Family, type FamilyName } from '../../../../protocols/emv/cryptograms/families.ts'
import { buildIad } from '../../../../protocols/emv/cryptograms/iad.ts'
import { AC_SESSION_KEYS } from '../../../../protocols/emv/cryptograms/suites.ts'
import { iccMasterKey } from '../../../../protocols/emv/keys/master-key.ts'
import { CID } from '../../../../protocols/interledger/application.ts'
import { sessionKeyInput } from '../../../../protocols/interledger/cryptogram.ts'
import { aesCmac } from '../../../../protocols/mac/cmac.ts'
import type { CardValue } from '../../cards.ts'
import type { OperationName } from '../../requests.ts'
import { type Case, type Cases, each, newLabel, random } from './case.ts'
import type { SpiedHsm } from './spied-hsm.ts'

const CARD_KEY = 'card cryptogram aes-128'
const TRANSPORT_KEY = 'card transport aes-128'
const CARD = { pan: '4012345678901234', expiry: '2912', serviceCode: '201' } as const
const PSN = '01'
/** RFC 5649, 3: the alternative initial value of AES Key Wrap with Padding. */
const WRAP_PAD_IV = Buffer.from('A65959A6', 'hex')
/** In the PKCS#8 of a P-256 key: an OCTET STRING of 32 bytes, its private value (RFC 5915). */
const PRIVATE_VALUE = '0420'

/** Keys, values and cryptograms of cards. */
export const CARD_CASES = {
  VerifyArqc: {
    'aes-128': async (spied) => {
      const data = random(149)
      const session = aesCmac(spied.value(CARD_KEY), sessionKeyInput(data.slice(0, 2)))
      const shown = { cid: CID.aes, data, cryptogram: random(8) }
      await spied.hsm.interledger.verifyArqc({ scheme: 'interledger', key: CARD_KEY, ...shown })
      return { keys: { session } }
    },
    'ec-p256': async ({ hsm, unseen }) => {
      const label = newLabel()
      await unseen.interledger.generateCardKey({ label, algorithm: 'ec-p256', transportKey: TRANSPORT_KEY })
      const shown = { cid: CID.ecdsa, data: random(149), cryptogram: random(72) }
      await hsm.interledger.verifyArqc({ scheme: 'interledger', key: label, ...shown })
      return {}
    },
  },
  GenerateCardKey: each(['aes-128', 'ec-p256'], (algorithm) => async (spied) => {
    const order = { label: newLabel(), algorithm, transportKey: TRANSPORT_KEY }
    const { wrapped } = await spied.hsm.interledger.generateCardKey(order)
    const decipher = createDecipheriv('id-aes128-wrap-pad', spied.value(TRANSPORT_KEY), WRAP_PAD_IV)
    const clear = Buffer.concat([decipher.update(wrapped), decipher.final()])
    const privateAt = clear.indexOf(PRIVATE_VALUE, 'hex') + 2
    return { keys: { card: algorithm === 'aes-128' ? clear : clear.subarray(privateAt, privateAt + 32) } }
  }),
  GenerateCvv: cardValues(({ hsm }, args) => hsm.cards.generateCvv(args)),
  VerifyCvv: cardValues(({ hsm }, args) => hsm.cards.verifyCvv({ ...args, value: '123' })),
  VerifyArqcAndGenerateArpc: {
    'ccd-tdes': answered('ccd-tdes', 'tdes-2'),
    'visa-cvn-10': answered('visa-cvn-10', 'tdes-2'),
    'mchip-cvn-17': answered('mchip-cvn-17', 'tdes-2'),
    'ccd-aes, aes-128': answered('ccd-aes', 'aes-128'),
    'ccd-aes, aes-256': answered('ccd-aes', 'aes-256'),
  },
} satisfies Partial<Record<OperationName, Cases>>

function cardValues(action: (spied: SpiedHsm, args: CardValue) => Promise<unknown>): Cases {
  return {
    cvv: async (spied) => {
      await action(spied, { kind: 'cvv', key: 'card verification tdes-2', ...CARD })
      return {}
    },
    dcvv: async (spied) => {
      const key = 'issuer master, dynamic values tdes-2'
      await action(spied, { kind: 'dcvv', key, atc: '0007', psn: PSN, ...CARD })
      return { keys: { card: iccMasterKey('A', spied.value(key), CARD.pan, PSN) } }
    },
  }
}

/** A right cryptogram, so that the answer is made too. */
function answered(name: FamilyName, algorithm: 'tdes-2' | 'aes-128' | 'aes-256'): Case {
  return async (spied) => {
    const family: Family = FAMILIES[name]
    const key = `issuer master, cryptograms ${algorithm}`
    const card = iccMasterKey(family.masterKey, spied.value(key), CARD.pan, PSN)
    const elements: Record<string, Uint8Array> = { '9F10': buildIad(family.iad, {}) }
    for (const [tag, length] of AC_ELEMENTS) elements[tag] = random(length)
    const [atc, number] = [elements['9F36'] ?? new Uint8Array(), elements['9F37'] ?? new Uint8Array()]
    const session = AC_SESSION_KEYS[family.acSessionKey](card, atc, number)
    const cryptogram = applicationCryptogram(family, card, (tag) => elements[tag])
    const response = random(family.arpc.method === 1 ? 2 : 4)
    const { pan } = CARD
    const args = { key, family: name, pan, psn: PSN, elements, cryptogram, response }
    const answer = await spied.hsm.cards.verifyArqcAndGenerateArpc(args)
    if (!answer.ok) throw new Error(`expected an answer to a right cryptogram, got ${answer.reason}`)
    return { keys: { card, session } }
  }
}
