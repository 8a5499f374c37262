import { createCipheriv, createHmac } from 'node:crypto'
import pkcs11 from 'pkcs11js'
import { aesCmac, tdesCmac } from '../../../../protocols/mac/cmac.ts'
import type { TokenSession } from '../cryptoki.ts'
import { deriveAesBlock, deriveEcb } from '../derivation.ts'
import { derived, generated, inUse } from '../templates.ts'
import { unwrapKey } from '../unwrapping.ts'
import { AES_KEY, BLOCK, encrypt, MESSAGE, secret, TDES_KEY, type Trial, TWO_BLOCKS } from './trial.ts'

/** RFC 5649, 3: the alternative initial value. */
const WRAP_PAD_IV = Buffer.from('a65959a6', 'hex')

/** What is done with secret keys. */
export const SECRET_TRIALS = {
  'aes-ecb': (token, mechanism) => {
    const key = secret(token, 'aes-128', AES_KEY, ['ENCRYPT'])
    return encrypt(token, { mechanism }, key, TWO_BLOCKS).equals(aes('aes-128-ecb', null, TWO_BLOCKS))
  },
  'aes-cbc': (token, mechanism) => {
    const key = secret(token, 'aes-128', AES_KEY, ['ENCRYPT'])
    const came = encrypt(token, { mechanism, parameter: BLOCK }, key, TWO_BLOCKS)
    return came.equals(aes('aes-128-cbc', BLOCK, TWO_BLOCKS))
  },
  'aes-cmac': (token, mechanism) => {
    const key = secret(token, 'aes-128', AES_KEY, ['SIGN'])
    return mac(token, mechanism, key, 16).equals(aesCmac(AES_KEY, MESSAGE))
  },
  'aes-cbc-derive': (token) => {
    const base = secret(token, 'aes-128', AES_KEY, ['DERIVE'])
    const key = deriveAesBlock(token, base, BLOCK, derived('aes-128', ['ENCRYPT']))
    return actsAs(token, key, aes('aes-128-ecb', null, BLOCK))
  },
  'aes-ecb-derive': (token, mechanism) => {
    const base = secret(token, 'aes-128', AES_KEY, ['DERIVE'])
    const key = deriveEcb(token, mechanism, base, TWO_BLOCKS, derived('aes-256', ['ENCRYPT']))
    return actsAs(token, key, aes('aes-128-ecb', null, TWO_BLOCKS))
  },
  'tdes-2': (token, mechanism) => {
    const { module, session } = token
    const key = module.C_GenerateKey(session, { mechanism }, generated('tdes-2'))
    const ecb = { mechanism: pkcs11.CKM_DES3_ECB }
    const halves = [BLOCK.subarray(0, 8), BLOCK.subarray(8)].map((half) => encrypt(token, ecb, key, half))
    return encrypt(token, ecb, key, BLOCK).equals(Buffer.concat(halves))
  },
  'tdes-ecb': (token, mechanism) => {
    const key = secret(token, 'tdes-2', TDES_KEY, ['ENCRYPT'])
    return encrypt(token, { mechanism }, key, BLOCK).equals(tdes('des-ede-ecb', null, BLOCK))
  },
  'tdes-cbc': (token, mechanism) => {
    const key = secret(token, 'tdes-2', TDES_KEY, ['ENCRYPT'])
    const iv = BLOCK.subarray(0, 8)
    return encrypt(token, { mechanism, parameter: iv }, key, TWO_BLOCKS).equals(
      tdes('des-ede-cbc', iv, TWO_BLOCKS),
    )
  },
  'tdes-cmac': (token, mechanism) => {
    const key = secret(token, 'tdes-2', TDES_KEY, ['SIGN'])
    return mac(token, mechanism, key, 8).equals(tdesCmac(TDES_KEY, MESSAGE))
  },
  'tdes-ecb-derive': (token, mechanism) => {
    const base = secret(token, 'tdes-2', TDES_KEY, ['DERIVE'])
    const key = deriveEcb(token, mechanism, base, BLOCK, derived('tdes-2', ['ENCRYPT']))
    const value = tdes('des-ede-ecb', null, BLOCK)
    const expected = createCipheriv('des-ede-ecb', value, null).setAutoPadding(false).update(BLOCK)
    return encrypt(token, { mechanism: pkcs11.CKM_DES3_ECB }, key, BLOCK).equals(expected)
  },
  hmac: (token, mechanism) => {
    const key = secret(token, 'hmac-sha256', TWO_BLOCKS, ['SIGN'])
    return mac(token, mechanism, key, 32).equals(createHmac('sha256', TWO_BLOCKS).update(MESSAGE).digest())
  },
  'key-wrap-pad': (token, mechanism) => {
    const { module, session } = token
    const wrapping = secret(token, 'aes-128', AES_KEY, ['WRAP'])
    const inner = secret(token, 'aes-128', BLOCK, ['ENCRYPT'])
    const wrapped = module.C_WrapKey(session, { mechanism }, wrapping, inner, Buffer.alloc(64))
    const cipher = createCipheriv('id-aes128-wrap-pad', AES_KEY, WRAP_PAD_IV)
    return wrapped.equals(Buffer.concat([cipher.update(BLOCK), cipher.final()]))
  },
  'key-wrap-cbc': (token, mechanism) => {
    const { module, session } = token
    const cbc = { mechanism, parameter: TWO_BLOCKS.subarray(-16) }
    const wrapping = secret(token, 'aes-128', AES_KEY, ['WRAP', 'UNWRAP'])
    const inner = secret(token, 'aes-128', BLOCK, ['ENCRYPT'])
    const wrapped = module.C_WrapKey(session, cbc, wrapping, inner, Buffer.alloc(64))
    const cipher = createCipheriv('aes-128-cbc', AES_KEY, cbc.parameter)
    if (!wrapped.equals(Buffer.concat([cipher.update(BLOCK), cipher.final()]))) return false
    const key = unwrapKey(token, cbc, wrapping, wrapped, inUse('aes-128', 'data'))
    return isClosed(token, key) && actsAs(token, key, BLOCK)
  },
} as const satisfies Record<string, Trial>

function mac(
  { module, session }: TokenSession,
  mechanism: number,
  key: pkcs11.Handle,
  length: number,
): Buffer {
  module.C_SignInit(session, { mechanism }, key)
  return module.C_Sign(session, MESSAGE, Buffer.alloc(length))
}

/** Whether an AES key in the token, whose value nobody can read, is this one. */
function actsAs(token: TokenSession, key: pkcs11.Handle, value: Buffer): boolean {
  const expected = createCipheriv(`aes-${value.length * 8}-ecb`, value, null)
    .setAutoPadding(false)
    .update(BLOCK)
  return encrypt(token, { mechanism: pkcs11.CKM_AES_ECB }, key, BLOCK).equals(expected)
}

/** Whether nobody can read an AES key, though it came out of a blob. */
function isClosed({ module, session }: TokenSession, key: pkcs11.Handle): boolean {
  try {
    module.C_GetAttributeValue(session, key, [{ type: pkcs11.CKA_VALUE }])
    return false
  } catch (error) {
    return error instanceof Error && error.message.startsWith('CKR_ATTRIBUTE_SENSITIVE')
  }
}

function aes(cipher: string, iv: Buffer | null, data: Buffer): Buffer {
  return createCipheriv(cipher, AES_KEY, iv).setAutoPadding(false).update(data)
}

function tdes(cipher: string, iv: Buffer | null, data: Buffer): Buffer {
  return createCipheriv(cipher, TDES_KEY, iv).setAutoPadding(false).update(data)
}
