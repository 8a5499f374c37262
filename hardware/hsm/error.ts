/** What can break between a caller and its keys; the text is what {@link HsmError} adds to say what to do. */
export const HSM_FAULTS = {
  MODULE_NOT_FOUND: 'apt-get install softhsm2, or give the path of another PKCS#11 module',
  MODULE_FAILED: "look at the module's own log and configuration",
  TOKEN_NOT_PRESENT: 'list the tokens of the module with: pkcs11-tool --module MODULE --list-token-slots',
  PIN_INCORRECT: 'give the user PIN of this token',
  PIN_LOCKED: 'unlock the user PIN as security officer',
  KEY_NOT_FOUND: 'generate or import the key first',
  KEY_EXISTS: 'use another label: keys are never overwritten',
  KEY_WRONG_TYPE: 'use the label of a key made for this operation',
  KEY_NOT_PERMITTED: 'the token does not allow this use of the key',
  INVALID_INPUT_DATA: 'mend the call',
  UNSUPPORTED_SCHEME: 'the only scheme so far is "interledger", with CID 80 and C1',
  MECHANISM_MISSING: 'this module cannot do the operation inside the token: use another',
  SIGNER_GONE: 'ask again, the signer process is replaced at the next request',
  HSM_CLOSED: 'open the HSM again',
  COMPILER_MISSING: 'apt-get install gcc libc6-dev',
} as const satisfies Record<string, string>

export type HsmFault = keyof typeof HSM_FAULTS

/** The HSM could not do what was asked: `code` says which kind, the message what was expected, what came, what to do. */
export class HsmError extends Error {
  override name = 'HsmError'
  readonly code: HsmFault
  /** "expected …, got …", without key material or PIN. */
  readonly what: string

  constructor(code: HsmFault, what: string, options?: ErrorOptions) {
    super(`${what}: ${HSM_FAULTS[code]}`, options)
    this.code = code
    this.what = what
  }
}
