import { timingSafeEqual } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { concat } from '../../../protocols/bytes/bytes.ts'
import {
  acInput,
  CryptogramInputError,
  verifyApplicationCryptogram,
} from '../../../protocols/emv/cryptograms/application-cryptogram.ts'
import { checkArpcResponse, arpc as clearArpc } from '../../../protocols/emv/cryptograms/arpc.ts'
import { FAMILIES, type Family, type FamilyName } from '../../../protocols/emv/cryptograms/families.ts'
import type { MacName } from '../../../protocols/emv/cryptograms/suites.ts'
import { iccMasterKey } from '../../../protocols/emv/keys/master-key.ts'
import { DES_BLOCK } from '../../../protocols/mac/des.ts'
import { pad } from '../../../protocols/mac/padding.ts'
import { xor } from '../../../protocols/mac/xor.ts'
import {
  type CardOf,
  type LeafKey,
  type MasterAlgorithm,
  masterStep,
  sessionSteps,
  withLeafKey,
} from './card-key-tree.ts'
import { asInvalidInput, withClearKey } from './clear-keys.ts'
import { bufferOf, call, type TokenSession } from './cryptoki.ts'
import { AES_CMAC, encrypt, retailInToken, sign } from './macs.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'

/**
 * `elements`: the transaction's data elements by tag (EMV 4.4 Book 2, 8.1.1) and 9F10; `cryptogram`: 9F26, 8 bytes; `response`: ARC (method
 * 1) or CSU and proprietary data (method 2), see `protocols/emv/cryptograms/arpc.ts`.
 */
export interface IssuerCryptogramArgs extends CardOf {
  readonly key: string
  readonly family: FamilyName
  readonly elements: Readonly<Record<string, Uint8Array>>
  readonly cryptogram: Uint8Array
  readonly response: Uint8Array
}

/** Reasons by the names of the field. */
export type CryptogramAnswer =
  | { ok: true; arpc: Uint8Array }
  | { ok: false; reason: 'INVALID_ARQC' | 'INVALID_INPUT_DATA' }

const KEYS: Record<Family['masterKey'], readonly MasterAlgorithm[]> = {
  A: ['tdes-2'],
  B: ['tdes-2'],
  C: ['aes-128', 'aes-192', 'aes-256'],
}
const CRYPTOGRAM_BYTES = 8
const ARPC_2_BYTES = 4

type MacInToken = (token: TokenSession, leaf: LeafKey, data: Uint8Array) => Uint8Array
const MACS: Record<MacName, MacInToken> = {
  'retail-padding-1': (token, leaf, data) => retailInToken(token, leaf, pad(1, data, DES_BLOCK)),
  'retail-padding-2': (token, leaf, data) => retailInToken(token, leaf, pad(2, data, DES_BLOCK)),
  'aes-cmac': (token, { handle }, data) => sign(token, AES_CMAC, handle, data, 16),
}

/** Whether the card made the cryptogram; if so, the answer that only its issuer can give. */
export const verifyArqcAndGenerateArpc: Operation<IssuerCryptogramArgs, CryptogramAnswer> = {
  variant: ({ key, family }, { ring }) => {
    const algorithm = ring.expect(key, KEYS[FAMILIES[family].masterKey])
    return algorithm === 'aes-192' ? 'IssuerCryptogram aes-256' : `IssuerCryptogram ${algorithm}`
  },
  inToken: (signer, args) => asInvalidInput(() => answerInToken(signer, args)),
  clear: (signer, args) => clearAnswer(signer, args),
}

function answerInToken(signer: Signer, args: IssuerCryptogramArgs): CryptogramAnswer {
  const family: Family = FAMILIES[args.family]
  const data = inputOf(family, args)
  if (data === null) return { ok: false, reason: 'INVALID_INPUT_DATA' }
  checkArpcResponse(family, args.response)
  const { handle, record } = signer.ring.use(args.key, 'derive card keys', KEYS[family.masterKey])
  const algorithm = record.algorithm as MasterAlgorithm
  const master = masterStep(family.masterKey, args, algorithm)
  const session = [master, ...sessionSteps(family, atcOf(args), numberOf(args), algorithm)]
  const using = <Result>(steps: Uint8Array[], action: (leaf: LeafKey) => Result) =>
    withLeafKey(signer, handle, steps, algorithm, action)
  return call(`the token to check a cryptogram under key "${args.key}"`, () => {
    const mac = using(session, (leaf) => MACS[family.acMac](signer.token, leaf, data))
    if (!isCryptogram(mac, args.cryptogram)) return { ok: false, reason: 'INVALID_ARQC' }
    const steps = family.arpc.key === 'master' ? [master] : session
    return { ok: true, arpc: using(steps, (leaf) => arpcInToken(signer.token, family, leaf, args)) }
  })
}

/** EMV 4.4 Book 2, 8.2. */
function arpcInToken(
  token: TokenSession,
  family: Family,
  leaf: LeafKey,
  { cryptogram, response }: IssuerCryptogramArgs,
): Uint8Array {
  if (family.arpc.method === 2)
    return MACS[family.acMac](token, leaf, concat(cryptogram, response)).slice(0, ARPC_2_BYTES)
  const block = xor(cryptogram, concat(response, new Uint8Array(DES_BLOCK - response.length)))
  return encrypt(token, pkcs11.CKM_DES3_ECB, leaf.handle, bufferOf(block))
}

function clearAnswer(signer: Signer, args: IssuerCryptogramArgs): CryptogramAnswer {
  const family: Family = FAMILIES[args.family]
  if (inputOf(family, args) === null) return { ok: false, reason: 'INVALID_INPUT_DATA' }
  signer.ring.expect(args.key, KEYS[family.masterKey])
  return withClearKey(signer, args.key, 'derive card keys', (imk) => {
    checkArpcResponse(family, args.response)
    const masterKey = iccMasterKey(family.masterKey, imk, args.pan, args.psn)
    const { cryptogram, elements, response } = args
    const check = verifyApplicationCryptogram(family, masterKey, (tag) => elements[tag], cryptogram)
    if (!check.ok) return { ok: false, reason: 'INVALID_ARQC' }
    const transaction = { masterKey, atc: atcOf(args), unpredictableNumber: numberOf(args), cryptogram }
    return { ok: true, arpc: clearArpc(family, transaction, response) }
  })
}

/** Null when an element is absent or malformed. */
function inputOf(family: Family, { elements }: IssuerCryptogramArgs): Uint8Array | null {
  try {
    return acInput(family, (tag) => elements[tag])
  } catch (error) {
    if (error instanceof CryptogramInputError) return null
    throw error
  }
}

// `acInput` has seen that both are there.
function atcOf({ elements }: IssuerCryptogramArgs): Uint8Array {
  return elements['9F36'] ?? new Uint8Array()
}

function numberOf({ elements }: IssuerCryptogramArgs): Uint8Array {
  return elements['9F37'] ?? new Uint8Array()
}

function isCryptogram(mac: Uint8Array, cryptogram: Uint8Array): boolean {
  return (
    cryptogram.length === CRYPTOGRAM_BYTES && timingSafeEqual(mac.subarray(0, CRYPTOGRAM_BYTES), cryptogram)
  )
}
