import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../../fixtures/vectors/emv-cryptograms.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../../bytes/bytes.ts'
import { retailMac } from '../../mac/iso9797.ts'
import { tdesKcv } from '../../mac/kcv.ts'
import { type PaddingMethod, pad } from '../../mac/padding.ts'
import { hasOddParity } from '../../mac/parity.ts'
import { type DerivationOption, diversifier, hashedDiversifier } from '../keys/diversification.ts'
import { iccMasterKey, tdesMasterKey } from '../keys/master-key.ts'
import { tdesSessionKey } from '../keys/session-key.ts'
import { treeSessionKey } from '../keys/session-key-tree.ts'
import {
  acInput,
  acSessionKey,
  applicationCryptogram,
  verifyApplicationCryptogram,
} from './application-cryptogram.ts'
import { arpc, arpcMethod1, issuerAuthenticationData, verifyIssuerAuthentication } from './arpc.ts'
import { cvc3, cvc3Digits, dynamicCvv, ivCvc3 } from './dynamic-values.ts'
import { FAMILIES, type Family } from './families.ts'
import { buildIad, parseIad } from './iad.ts'
import { format2PinBlock, openFormat2PinBlock, openVisPinBlock, visPinBlock } from './pin-block.ts'
import { openScript, pinChangeCommand, sealScript } from './script.ts'
import { scriptMac, scriptSessionKey } from './script-mac.ts'
import { AC_SESSION_KEYS, ENCIPHERMENTS, SCRIPT_SESSION_KEYS } from './suites.ts'

type Vector = Readonly<Record<string, unknown>>

const vectors = file.vectors as readonly Vector[]

const PROFILES: Record<string, Family> = {
  'visa-cvn10': FAMILIES['visa-cvn-10'],
  'visa-cvn22': FAMILIES['visa-cvn-22'],
  'interac-cvn133': FAMILIES['interac-cvn-133'],
  'mc-cvn17': FAMILIES['mchip-cvn-17'],
  'mc-cvn21': FAMILIES['mchip-cvn-21'],
}

const INPUTS: Record<string, { family: Family; padding: PaddingMethod }> = {
  'in-cvn10': { family: FAMILIES['visa-cvn-10'], padding: 1 },
  'in-cvn18': { family: FAMILIES['visa-cvn-18'], padding: 2 },
  'in-cvn22': { family: FAMILIES['visa-cvn-22'], padding: 2 },
  'in-mchip': { family: FAMILIES['mchip-cvn-16'], padding: 2 },
  'in-cpa': { family: FAMILIES['ccd-tdes'], padding: 2 },
}

/** How jPOS enciphers: its vectors do not say. */
const JPOS_ENCIPHERMENTS: Record<string, keyof typeof ENCIPHERMENTS> = {
  'jpos-pin-2': 'padded-cbc',
  'jpos-pin-3': 'length-ecb',
  'jpos-pin-4': 'padded-cbc',
  'jpos-pin-6': 'length-ecb',
}

const RUNNERS: Record<string, (vector: Vector) => void> = {
  'chain-tdes': (v) => {
    const masterKey = checkMasterKey(v, 'imk', 'iccMk')
    equal(tdesKcv(hex(v, 'imk'), 2), v, 'imkKcv2')
    equal(tdesKcv(masterKey, 2), v, 'iccMkKcv2')
    const sessionKey = tdesSessionKey(masterKey, hex(v, 'r'))
    equal(sessionKey, v, 'sessionKey')
    equal(tdesKcv(sessionKey, 2), v, 'sessionKeyKcv2')
    const cryptogram = retailMac(sessionKey, hex(v, 'data'), v.paddingMethod as PaddingMethod)
    equal(cryptogram, v, 'arqc')
    checkArpc(v, { masterKey, sessionKey, cryptogram })
  },
  'chain-tdes-jpos': (v) => {
    const masterKey = checkMasterKey(v, 'imk', 'iccMk')
    const derive = AC_SESSION_KEYS[v.sessionDerivation as keyof typeof AC_SESSION_KEYS]
    const sessionKey = derive(masterKey, hex(v, 'atc'), hexOrNone(v, 'unpredictableNumber'))
    equal(sessionKey, v, 'sessionKey')
    const cryptogram = retailMac(sessionKey, hex(v, 'data'), v.paddingMethod as PaddingMethod)
    equal(cryptogram, v, 'arqc')
    for (const answer of v.arpc as Vector[])
      checkArpc(
        { ...answer, arpcMethod: answer.method, arpcKey: answer.key },
        { masterKey, sessionKey, cryptogram },
      )
  },
  'emv2000-tree': (v) => {
    const { height, branchFactor } = v as { height: number; branchFactor: number }
    const tree = { height, branchFactor, iv: hex(v, 'iv') }
    equal(treeSessionKey(hex(v, 'iccMk'), hex(v, 'atc'), tree), v, 'sessionKey')
  },
  profile: (v) => runProfile(v, PROFILES[text(v, 'id')] ?? assert.fail('no family for this profile')),
  script: runScript,
  dcvv: (v) => {
    const { atc, alteredPan } = v as Record<string, string>
    const iccKey = tdesMasterKey(hex(v, 'imk'), cardValueDiversifier(v))
    const data = { pan: text(v, 'pan'), expiry: text(v, 'expiryAsUsed'), serviceCode: text(v, 'serviceCode') }
    assert.equal(dynamicCvv(iccKey, { ...data, atc: text(v, 'atc') }), v.dcvv)
    assert.equal(`${atc}${data.pan.slice(4)}`, alteredPan)
  },
  cvc3: (v) => {
    const iccKey = tdesMasterKey(hex(v, 'imk'), cardValueDiversifier(v))
    if (v.track !== undefined) equal(ivCvc3(iccKey, hex(v, 'track')), v, 'ivCvc3')
    const value = cvc3(iccKey, hex(v, 'ivCvc3'), hex(v, 'unpredictableNumber'), hex(v, 'atc'))
    assert.equal(cvc3Digits(value), v.cvc3)
  },
  'ac-input': (v) => {
    const { family, padding } = INPUTS[text(v, 'id')] ?? assert.fail('no family for this input')
    const input = acInput(family, lookupIn(v.tags))
    equal(input, v, 'acData')
    equal(pad(padding, input), v, 'padded')
    assert.notEqual(parseIad(family.iad, lookupIn(v.tags)('9F10') ?? new Uint8Array()), null)
  },
}

describe('emv-cryptograms.json', () => {
  let run = 0
  for (const vector of vectors) {
    test(text(vector, 'id'), () => {
      const runner = RUNNERS[text(vector, 'kind')] ?? assert.fail(`no runner for ${vector.kind}`)
      runner(vector)
      run++
    })
  }
  test('every vector was run', () => assert.equal(run, file.count))
})

interface Keys {
  masterKey: Uint8Array
  sessionKey: Uint8Array
  cryptogram: Uint8Array
}

function checkArpc(v: Vector, { masterKey, sessionKey, cryptogram }: Keys): void {
  const key = v.arpcKey === 'sessionKey' ? sessionKey : masterKey
  if (v.arpcMethod === 1) {
    equal(arpcMethod1(key, cryptogram, hex(v, 'arc')), v, 'arpc')
    return
  }
  const response = concat(hex(v, 'csu'), hexOrNone(v, 'proprietaryAuthData'))
  // A family whose session key is the given key: method 2 of the common core over it.
  const family: Family = { ...FAMILIES['ccd-tdes'], acSessionKey: 'none' }
  const transaction = {
    masterKey: key,
    atc: new Uint8Array(2),
    unpredictableNumber: new Uint8Array(4),
    cryptogram,
  }
  equal(arpc(family, transaction, response), v, 'arpc')
}

function checkMasterKey(v: Vector, imkName: string, keyName: string): Uint8Array {
  const option = v.derivationOption as DerivationOption
  const key = iccMasterKey(option, hex(v, imkName), text(v, 'pan'), text(v, 'psn'))
  equal(key, v, keyName)
  assert.ok(hasOddParity(key))
  if (v.y !== undefined) equal(diversifier(option, text(v, 'pan'), text(v, 'psn')), v, 'y')
  return key
}

function runProfile(v: Vector, family: Family): void {
  assert.equal(family.masterKey, v.derivationOption)
  const masterKey = checkMasterKey(v, 'imkAc', 'iccMkAc')
  const iad = v.iad === undefined ? buildIad(family.iad, { cvr: hex(v, 'tail') }) : hex(v, 'iad')
  const lookup = lookupIn({ ...(v.tags as Record<string, string>), '9F10': toHex(iad) })
  const atc = lookup('9F36') ?? assert.fail()
  const unpredictableNumber = lookup('9F37') ?? assert.fail()
  equal(acInput(family, lookup), v, 'acData')
  equal(acSessionKey(family, { masterKey, atc, unpredictableNumber }), v, 'skAc')
  const cryptogram = applicationCryptogram(family, masterKey, lookup)
  equal(cryptogram, v, 'arqc')
  assert.deepEqual(verifyApplicationCryptogram(family, masterKey, lookup, cryptogram), { ok: true })
  const transaction = { masterKey, atc, unpredictableNumber, cryptogram }
  const response = hex(v, v.arpcMethod === 1 ? 'arc' : 'csu')
  const tag91 = issuerAuthenticationData(family, transaction, response)
  assert.equal(toHex(tag91), text(v, 'arpc') + toHex(response))
  assert.deepEqual(verifyIssuerAuthentication(family, transaction, tag91), { ok: true, response })
  runProfileScripts(v, family, transaction)
}

function runProfileScripts(v: Vector, family: Family, transaction: Transaction): void {
  const { masterKey, atc, cryptogram } = transaction
  const smi = checkMasterKey(v, 'imkSmi', 'iccMkSmi')
  const smc = checkMasterKey(v, 'imkSmc', 'iccMkSmc')
  const integrityKey = scriptSessionKey(family, smi, atc, cryptogram)
  const confidentialityKey = scriptSessionKey(family, smc, atc, cryptogram)
  equal(integrityKey, v, 'skSmi')
  equal(confidentialityKey, v, 'skSmc')
  const context = { integrityKey, confidentialityKey, atc, cryptogram }
  const { header, mac } = v.script as { header: string; mac: string }
  const command = { header: fromHex(header).slice(0, 4), data: new Uint8Array(), enciphered: false }
  assert.equal(toHex(sealScript(family, context, command)), header + mac)
  for (const change of v.pinChange as { pin: string; currentPin?: string; command: string }[]) {
    const { command: expected, ...pins } = change
    assert.equal(toHex(pinChangeCommand(family, context, { masterKey, ...pins })), expected)
    const opened = openScript(family, context, fromHex(expected), true)
    assert.equal(opened.ok && toHex(opened.data), (change as { pinBlock?: string }).pinBlock)
  }
}

interface Transaction {
  masterKey: Uint8Array
  atc: Uint8Array
  cryptogram: Uint8Array
}

function runScript(v: Vector): void {
  const integrityKey = scriptKey(v, 'imkSmi')
  equal(integrityKey, v, 'skSmi')
  const rules = { ...FAMILIES['interac-cvn-133'].script }
  const none = new Uint8Array()
  const mac = scriptMac(rules, { integrityKey, atc: none, cryptogram: none }, hex(v, 'macInput'), none)
  equal(mac, v, 'mac')
  if (v.encrypted === undefined) return
  const confidentialityKey = scriptKey(v, 'imkSmc')
  equal(confidentialityKey, v, 'skSmc')
  const block = pinBlock(v)
  equal(block, v, 'pinBlock')
  const { seal, open } = ENCIPHERMENTS[enciphermentOf(v)]
  equal(seal(confidentialityKey, block), v, 'encrypted')
  assert.deepEqual(open(confidentialityKey, hex(v, 'encrypted')), block)
}

function enciphermentOf(v: Vector): keyof typeof ENCIPHERMENTS {
  if (v.encipherment === undefined)
    return JPOS_ENCIPHERMENTS[text(v, 'id')] ?? assert.fail('no encipherment for this vector')
  return text(v, 'encipherment').startsWith('ECB') ? 'length-ecb' : 'cbc'
}

function pinBlock(v: Vector): Uint8Array {
  const pin = text(v, 'pin')
  const current = v.currentPin as string | undefined
  if (text(v, 'pinBlock').startsWith('2')) {
    assert.equal(openFormat2PinBlock(format2PinBlock(pin)), pin)
    return format2PinBlock(pin)
  }
  const masterKey = iccMasterKey('A', hex(v, 'imkAc'), text(v, 'pan'), text(v, 'psn'))
  if (v.iccMkAc !== undefined) equal(masterKey, v, 'iccMkAc')
  const block = visPinBlock(masterKey, pin, current)
  assert.equal(openVisPinBlock(masterKey, block, current), pin)
  return block
}

function scriptKey(v: Vector, imkName: string): Uint8Array {
  const masterKey = iccMasterKey(
    v.derivationOption as DerivationOption,
    hex(v, imkName),
    text(v, 'pan'),
    text(v, 'psn'),
  )
  const visa = text(v, 'smSessionKey').startsWith('visa')
  const atc = v.atc === undefined ? hex(v, 'r') : hex(v, 'atc')
  const cryptogram = v.arqc === undefined ? hex(v, 'r') : hex(v, 'arqc')
  return visa
    ? SCRIPT_SESSION_KEYS.visa(masterKey, atc)
    : SCRIPT_SESSION_KEYS.common(masterKey, atc, cryptogram)
}

/** jPOS hashes a PAN of any length by option B here. */
function cardValueDiversifier(v: Vector): Uint8Array {
  const derive =
    v.derivationOption === 'B' ? hashedDiversifier : (pan: string, psn: string) => diversifier('A', pan, psn)
  const y = derive(text(v, 'pan'), text(v, 'psnUsed'))
  equal(y, v, 'y')
  return y
}

function lookupIn(tags: unknown): (tag: string) => Uint8Array | undefined {
  return (tag) => {
    const value = (tags as Record<string, string>)[tag]
    return value === undefined ? undefined : fromHex(value)
  }
}

function text(v: Vector, name: string): string {
  const value = v[name]
  return typeof value === 'string' ? value : assert.fail(`no text "${name}" in the vector`)
}

function hex(v: Vector, name: string): Uint8Array {
  return fromHex(text(v, name))
}

function hexOrNone(v: Vector, name: string): Uint8Array {
  return v[name] === undefined ? new Uint8Array() : hex(v, name)
}

function equal(actual: Uint8Array, v: Vector, name: string): void {
  assert.equal(toHex(actual), text(v, name), name)
}
