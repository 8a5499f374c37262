import { text } from 'node:stream/consumers'
import pkcs11 from 'pkcs11js'
import type { TokenAccess } from '../access.ts'
import { openToken, template } from '../signer/cryptoki.ts'

/**
 * What anyone with the user PIN sees of a token object; `value`, `wrapped` and `deciphered` are the return values of the attempts to read
 * CKA_VALUE, to wrap it under an RSA key of the user's own and to decrypt by AES with it, which would open what it has wrapped.
 */
export interface SeenKey {
  label: string
  keyClass: number
  sensitive: boolean | null
  extractable: boolean | null
  value: string
  wrapped: string
  deciphered: string
}

const RSA_PKCS1 = { mechanism: pkcs11.CKM_RSA_PKCS }

// A program of its own, as a signer is: prints all token objects of the token described on its standard input.
const access: TokenAccess = JSON.parse(await text(process.stdin))
const { module, session } = openToken(access)
const own = ownKey()
module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_TOKEN, value: true }])
const objects = module.C_FindObjects(session, 100)
module.C_FindObjectsFinal(session)
process.stdout.write(JSON.stringify(objects.map(describe)))

function ownKey(): pkcs11.Handle {
  const { publicKey } = module.C_GenerateKeyPair(
    session,
    { mechanism: pkcs11.CKM_RSA_PKCS_KEY_PAIR_GEN },
    template({ CKA_MODULUS_BITS: 2048, CKA_PUBLIC_EXPONENT: Buffer.from([1, 0, 1]), CKA_WRAP: true }),
    template({ CKA_TOKEN: false }),
  )
  return publicKey
}

function describe(object: pkcs11.Handle): SeenKey {
  const keyClass = Number(read(object, pkcs11.CKA_CLASS).readBigUInt64LE())
  const secret = keyClass !== pkcs11.CKO_PUBLIC_KEY
  return {
    label: read(object, pkcs11.CKA_LABEL).toString(),
    keyClass,
    sensitive: secret ? read(object, pkcs11.CKA_SENSITIVE)[0] === 1 : null,
    extractable: secret ? read(object, pkcs11.CKA_EXTRACTABLE)[0] === 1 : null,
    value: tried(() => read(object, pkcs11.CKA_VALUE)),
    wrapped: tried(() => module.C_WrapKey(session, RSA_PKCS1, own, object, Buffer.alloc(256))),
    deciphered: tried(() => decipher(object)),
  }
}

function decipher(object: pkcs11.Handle): Buffer {
  module.C_DecryptInit(session, { mechanism: pkcs11.CKM_AES_ECB }, object)
  return module.C_Decrypt(session, Buffer.alloc(16), Buffer.alloc(16))
}

function tried(attempt: () => Buffer): string {
  try {
    return `${attempt().length} bytes`
  } catch (error) {
    return (error as Error).message
  }
}

function read(object: pkcs11.Handle, type: number): Buffer {
  const [attribute] = module.C_GetAttributeValue(session, object, [{ type }])
  return Buffer.from(attribute?.value ?? [])
}
