import { text } from 'node:stream/consumers'
import pkcs11 from 'pkcs11js'
import type { TokenAccess } from '../access.ts'
import { openToken, template } from '../signer/cryptoki.ts'

// A program of its own, as a signer is: makes a key of somebody else in the token described on its standard input.
const access: TokenAccess = JSON.parse(await text(process.stdin))
const { module, session } = openToken(access)
const attributes = template({
  CKA_TOKEN: true,
  CKA_PRIVATE: true,
  CKA_LABEL: 'of another',
  CKA_VALUE_LEN: 16,
})
module.C_GenerateKey(session, { mechanism: pkcs11.CKM_AES_KEY_GEN }, attributes)
