/** What can break between a caller and its keys; the text is what {@link HsmError} adds to say what to do. */
export const HSM_FAULTS = {
  MODULE_NOT_FOUND: 'install it, or give the path of another PKCS#11 module',
  MODULE_FAILED: "look at the module's own log and configuration",
  TOKEN_NOT_PRESENT: 'list the tokens of the module with: pkcs11-tool --module MODULE --list-token-slots',
  PIN_INCORRECT: 'give the user PIN of this token',
  SO_PIN_INCORRECT: "give the PIN of this token's security officer",
  PIN_LOCKED: 'wait for the end of the lockout, or unlock the user PIN as security officer',
  KEY_NOT_FOUND: 'generate or import the key first',
  KEY_EXISTS: 'use another label: keys are never overwritten',
  KEY_WRONG_TYPE: 'use the label of a key made for this operation',
  KEY_NOT_PERMITTED: 'the token does not allow this use of the key',
  KEY_WRONG_USAGE: 'use a key whose usage has this purpose: hierarchy/usages.ts has them all',
  KEY_NOT_EXPORTABLE: 'a key leaves only when it was made exportable, under a key for that',
  KEY_TOO_WEAK: 'use RSA of at least 2048 bits, P-256 or Ed25519',
  KEY_EXPIRED: 'renew the key',
  KEY_NOT_YET_VALID: 'wait until the key is valid, or use the one before it',
  KCV_MISMATCH: 'compare the components of the key with those who sent it',
  BLOB_ALTERED: 'restore the sealed key from a backup: somebody or something changed it',
  BLOB_OF_ANOTHER_TOKEN: 'use the token whose storage key the key lies under',
  KEY_STORE_BROKEN: 'restore the key store from a backup',
  MASTER_KEYS_MISSING:
    'let the layer make its storage key and seal key in this token once: TAPBENCH_HSM_PROVISION=yes',
  MASTER_KEYS_DIFFER:
    'use tokens that got their master keys together: TAPBENCH_HSM_PROVISION=yes with both named',
  MASTER_KEYS_NOT_SHARED:
    'let an empty token join those that have master keys (tapbench hsm join), or initialise all anew and name them with TAPBENCH_HSM_PROVISION=yes',
  MASTER_KEYS_STAY:
    'make a new group and bring the keys into it: master keys of a token that was alone, or that cannot hold them back, leave for nobody',
  TOKEN_NOT_EMPTY: 'initialise the new token, or take another one',
  DATA_TOO_LONG: 'send less at a time',
  INVALID_INPUT_DATA: 'mend the call',
  UNSUPPORTED_SCHEME: 'the only scheme so far is "interledger", with CID 80 and C1',
  MECHANISM_MISSING:
    'use a module that has it, or allow keys in the memory of the signers where the operation can be done there',
  HSM_BUSY: 'ask again when less is under way, or use more signers',
  DEADLINE_PASSED: 'ask again; if it stays, look at what holds the token up',
  PIN_REFUSED_BEFORE: 'give another PIN: this one was wrong, and is not tried on the token again',
  CONFIGURATION_WRONG: 'mend the configuration of the HSM',
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
