import pkcs11 from 'pkcs11js'
import { familyOf, type KeyFamily } from '../hierarchy/algorithms.ts'
import { call } from './cryptoki.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'

/** Whole blocks, no padding. `iv`: one block for CBC, null for ECB. */
export interface CipherArgs {
  readonly key: string
  readonly mode: 'ecb' | 'cbc'
  readonly iv: Uint8Array | null
  readonly data: Uint8Array
}

type CipherFamily = Extract<KeyFamily, 'aes' | 'tdes'>

const MECHANISMS: Record<CipherFamily, Record<'ecb' | 'cbc', number>> = {
  aes: { ecb: pkcs11.CKM_AES_ECB, cbc: pkcs11.CKM_AES_CBC },
  tdes: { ecb: pkcs11.CKM_DES3_ECB, cbc: pkcs11.CKM_DES3_CBC },
}
const CIPHER_KEYS = ['aes-128', 'aes-192', 'aes-256', 'tdes-2', 'tdes-3'] as const

export const encryptData = cipher('encrypt')
export const decryptData = cipher('decrypt')

function cipher(direction: 'encrypt' | 'decrypt'): Operation<CipherArgs, Uint8Array> {
  return {
    variant: ({ key, mode }, { ring }) =>
      `Cipher ${familyOf(ring.expect(key, CIPHER_KEYS)) as CipherFamily}-${mode}`,
    inToken: (signer, args) => run(signer, direction, args),
  }
}

function run(
  { ring, token }: Signer,
  direction: 'encrypt' | 'decrypt',
  { key, mode, iv, data }: CipherArgs,
): Buffer {
  const { handle, record } = ring.use(key, direction, CIPHER_KEYS)
  const mechanism = MECHANISMS[familyOf(record.algorithm) as CipherFamily][mode]
  const parameter = iv === null ? {} : { parameter: Buffer.from(iv) }
  const { module, session } = token
  const room = Buffer.alloc(data.length)
  return call(`the token to ${direction} with key "${key}"`, () => {
    if (direction === 'encrypt') {
      module.C_EncryptInit(session, { mechanism, ...parameter }, handle)
      return module.C_Encrypt(session, Buffer.from(data), room)
    }
    module.C_DecryptInit(session, { mechanism, ...parameter }, handle)
    return module.C_Decrypt(session, Buffer.from(data), room)
  })
}
