import pkcs11 from 'pkcs11js'
import { type TokenAccess, tokenName } from '../access.ts'
import { HsmError } from '../error.ts'
import { call, type Token, template } from './cryptoki.ts'

/**
 * A public key of this session that the token's security officer trusts (CKA_TRUSTED, PKCS#11 3.1, 4.9), which no user can say of a key. The
 * user is logged in again afterwards: handles of private objects from before are of no use. Throws SO_PIN_INCORRECT.
 */
export function trusting(
  { module, session }: Token,
  access: TokenAccess,
  securityOfficerPin: string,
  publicKey: pkcs11.Template,
): pkcs11.Handle {
  const name = tokenName(access)
  module.C_Logout(session)
  try {
    loginOfficer(module, session, securityOfficerPin, name)
    const trusted = [...publicKey, ...template({ CKA_PRIVATE: false, CKA_TRUSTED: true })]
    return call(`the token "${name}" to trust a key for its security officer`, () => {
      const key = module.C_CreateObject(session, trusted)
      module.C_Logout(session)
      return key
    })
  } finally {
    call(`the user PIN of the token "${name}"`, () => module.C_Login(session, pkcs11.CKU_USER, access.pin))
  }
}

function loginOfficer(module: pkcs11.PKCS11, session: pkcs11.Handle, pin: string, name: string): void {
  try {
    call(`the PIN of the security officer of the token "${name}"`, () =>
      module.C_Login(session, pkcs11.CKU_SO, pin),
    )
  } catch (error) {
    if (error instanceof HsmError && error.code === 'PIN_INCORRECT')
      throw new HsmError('SO_PIN_INCORRECT', error.what, { cause: error })
    throw error
  }
}
