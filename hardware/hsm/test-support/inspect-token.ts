import { text } from 'node:stream/consumers'
import pkcs11 from 'pkcs11js'
import type { TokenAccess } from '../access.ts'
import { openToken } from '../signer/cryptoki.ts'

/** What anyone with the user PIN sees of a token object; `value` is the return value of the attempt to read CKA_VALUE. */
export interface SeenKey {
  label: string
  keyClass: number
  sensitive: boolean | null
  extractable: boolean | null
  value: string
}

// A program of its own, as a signer is: prints all token objects of the token described on its standard input.
const access: TokenAccess = JSON.parse(await text(process.stdin))
const { module, session } = openToken(access)
module.C_FindObjectsInit(session, [{ type: pkcs11.CKA_TOKEN, value: true }])
const seen = module.C_FindObjects(session, 100).map(describe)
module.C_FindObjectsFinal(session)
process.stdout.write(JSON.stringify(seen))

function describe(object: pkcs11.Handle): SeenKey {
  const keyClass = Number(read(object, pkcs11.CKA_CLASS).readBigUInt64LE())
  const secret = keyClass !== pkcs11.CKO_PUBLIC_KEY
  return {
    label: read(object, pkcs11.CKA_LABEL).toString(),
    keyClass,
    sensitive: secret ? read(object, pkcs11.CKA_SENSITIVE)[0] === 1 : null,
    extractable: secret ? read(object, pkcs11.CKA_EXTRACTABLE)[0] === 1 : null,
    value: tryValue(object),
  }
}

function tryValue(object: pkcs11.Handle): string {
  try {
    return `read ${read(object, pkcs11.CKA_VALUE).length} bytes`
  } catch (error) {
    return (error as Error).message
  }
}

function read(object: pkcs11.Handle, type: number): Buffer {
  const [attribute] = module.C_GetAttributeValue(session, object, [{ type }])
  return Buffer.from(attribute?.value ?? [])
}
