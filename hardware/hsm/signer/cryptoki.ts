import pkcs11 from 'pkcs11js'
import type { TokenAccess } from '../access.ts'
import { HsmError, type HsmFault } from '../error.ts'

/** A session and its module. One operation at a time: a signer works off its batch in order. */
export interface TokenSession {
  readonly module: pkcs11.PKCS11
  readonly session: pkcs11.Handle
}

/**
 * A token that is logged in to. Keys that stay live in the session `home`; operations go on in `session`, which is replaced after one that
 * failed, since the module may be in the middle of it: with that, what it left behind is gone.
 */
export class Token implements TokenSession {
  readonly module: pkcs11.PKCS11
  readonly home: TokenSession
  readonly #slot: pkcs11.Handle
  #session: pkcs11.Handle

  /** Throws what the module throws. */
  constructor(module: pkcs11.PKCS11, slot: pkcs11.Handle) {
    this.module = module
    this.#slot = slot
    this.home = { module, session: this.#open() }
    this.#session = this.#open()
  }

  get session(): pkcs11.Handle {
    return this.#session
  }

  renew(): void {
    this.module.C_CloseSession(this.#session)
    this.#session = this.#open()
  }

  #open(): pkcs11.Handle {
    return this.module.C_OpenSession(this.#slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION)
  }
}

const LABEL_BYTES = 32
/** A second's work; beside logins without a pause one in a hundred thousand took a thousand. */
const READS_AT_MOST = 10_000
const NOTHING = Buffer.alloc(1).subarray(1)

/** Return values (PKCS#11 3.1, 5.1.6) that say something better than "the module failed". */
const FAULTS: Record<string, HsmFault> = {
  CKR_PIN_INCORRECT: 'PIN_INCORRECT',
  CKR_PIN_INVALID: 'PIN_INCORRECT',
  CKR_PIN_LEN_RANGE: 'PIN_INCORRECT',
  CKR_PIN_LOCKED: 'PIN_LOCKED',
  CKR_SLOT_ID_INVALID: 'TOKEN_NOT_PRESENT',
  CKR_TOKEN_NOT_PRESENT: 'TOKEN_NOT_PRESENT',
  CKR_TOKEN_NOT_RECOGNIZED: 'TOKEN_NOT_PRESENT',
  CKR_DEVICE_REMOVED: 'TOKEN_NOT_PRESENT',
  CKR_DEVICE_ERROR: 'TOKEN_NOT_PRESENT',
  // A token that was away has ended all sessions and logged out (PKCS#11 3.1, 5.6).
  CKR_SESSION_HANDLE_INVALID: 'TOKEN_NOT_PRESENT',
  CKR_SESSION_CLOSED: 'TOKEN_NOT_PRESENT',
  CKR_USER_NOT_LOGGED_IN: 'TOKEN_NOT_PRESENT',
  CKR_USER_PIN_NOT_INITIALIZED: 'PIN_INCORRECT',
  CKR_KEY_TYPE_INCONSISTENT: 'KEY_WRONG_TYPE',
  CKR_KEY_FUNCTION_NOT_PERMITTED: 'KEY_NOT_PERMITTED',
  CKR_KEY_UNEXTRACTABLE: 'KEY_NOT_PERMITTED',
  CKR_KEY_NOT_WRAPPABLE: 'KEY_NOT_PERMITTED',
  CKR_MECHANISM_INVALID: 'MECHANISM_MISSING',
}

/** Loads the module, finds the token and logs in. Throws HsmError. */
export function openToken(access: TokenAccess): Token {
  const module = loadModule(access)
  const slot = findSlot(module, access)
  const token = call(`a session with ${nameOf(access)}`, () => new Token(module, slot))
  call(`the user PIN of ${nameOf(access)}`, () => module.C_Login(token.session, pkcs11.CKU_USER, access.pin))
  return token
}

/** Makes a new token in the first free slot: label, security officer's PIN, user PIN. For SoftHSM2; destroys nothing that exists. */
export function initialiseToken(access: TokenAccess, securityOfficerPin: string): void {
  const module = loadModule(access)
  call('a free slot that takes a new token', () => {
    const slot = module.C_GetSlotList(true).find((candidate) => isFree(module, candidate))
    if (slot === undefined) throw new HsmError('TOKEN_NOT_PRESENT', 'expected a slot without token, got none')
    module.C_InitToken(slot, securityOfficerPin, (access.tokenLabel ?? '').padEnd(LABEL_BYTES))
    const session = module.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION)
    module.C_Login(session, pkcs11.CKU_SO, securityOfficerPin)
    module.C_InitPIN(session, access.pin)
    module.C_Logout(session)
    module.C_Finalize()
  })
}

/** Runs calls of the module; a return value other than CKR_OK becomes an HsmError that says `expected` was expected. */
export function call<Result>(expected: string, action: () => Result): Result {
  try {
    return action()
  } catch (error) {
    throw asHsmError(expected, error)
  }
}

/**
 * Bytes for a call alone, as they are: Node-API takes every Uint8Array where the binding's types say Buffer, and to make one costs more than
 * to pass it. No bytes as a pointer to something all the same, since modules take none for a mistake.
 */
export function bufferOf(data: Uint8Array): Buffer {
  return data.length === 0 ? NOTHING : (data as Buffer)
}

/** Every error as an HsmError: those of the module by the table of return values, all others as MODULE_FAILED. */
export function asHsmError(expected: string, error: unknown): HsmError {
  if (error instanceof HsmError) return error
  const came = error instanceof Error ? error.message.replace(/:\d+$/, '') : String(error)
  return new HsmError(FAULTS[came] ?? 'MODULE_FAILED', `expected ${expected}, got ${came}`, { cause: error })
}

/** A template (PKCS#11 3.1, 4) from a table of attribute names. */
export function template(
  attributes: Partial<Record<AttributeName, number | boolean | string | Buffer>>,
): pkcs11.Template {
  return Object.entries(attributes).map(([name, value]) => ({ type: pkcs11[name as AttributeName], value }))
}

type AttributeName = Extract<keyof typeof pkcs11, `CKA_${string}`>

function loadModule({ module: path, libraryParameters }: TokenAccess): pkcs11.PKCS11 {
  const module = new pkcs11.PKCS11()
  call(`${path} to be a PKCS#11 module that starts`, () => {
    module.load(path)
    if (libraryParameters === undefined) module.C_Initialize()
    // The binding takes the last character for the end of the text.
    else module.C_Initialize({ libraryParameters: `${libraryParameters} `, flags: pkcs11.CKF_OS_LOCKING_OK })
  })
  return module
}

function findSlot(module: pkcs11.PKCS11, access: TokenAccess): pkcs11.Handle {
  const slots = call('a list of slots', () => module.C_GetSlotList(true))
  const found = slots.find((slot) => isWanted(module, slot, access))
  if (found !== undefined) return found
  const labels = slots.map((slot) => `"${labelOf(module, slot)}"`).join(', ')
  throw new HsmError(
    'TOKEN_NOT_PRESENT',
    `expected ${nameOf(access)} in ${access.module}, got ${labels === '' ? 'no token' : labels}`,
  )
}

function isWanted(
  module: pkcs11.PKCS11,
  slot: pkcs11.Handle,
  { tokenLabel, serial, slot: number }: TokenAccess,
): boolean {
  if (tokenLabel !== undefined) return labelOf(module, slot) === tokenLabel
  if (serial !== undefined) return trimmed(infoOf(module, slot).serialNumber) === serial
  return Number(slot.readBigUInt64LE()) === number
}

function isFree(module: pkcs11.PKCS11, slot: pkcs11.Handle): boolean {
  return (infoOf(module, slot).flags & pkcs11.CKF_TOKEN_INITIALIZED) === 0
}

function labelOf(module: pkcs11.PKCS11, slot: pkcs11.Handle): string {
  return trimmed(infoOf(module, slot).label)
}

/** SoftHSM2 rewrites a token's file at each login to it, by whichever process; who reads at that moment reads it again. */
function infoOf(module: pkcs11.PKCS11, slot: pkcs11.Handle): pkcs11.TokenInfo {
  for (let read = 1; ; read++) {
    try {
      return module.C_GetTokenInfo(slot)
    } catch (error) {
      if (read === READS_AT_MOST || !String(error).includes('CKR_GENERAL_ERROR')) throw error
    }
  }
}

/** Texts of a token are filled up with blanks, by some modules with zeros. */
function trimmed(text: string): string {
  return text.replace(/[\s\0]+$/, '')
}

function nameOf({ tokenLabel, serial, slot }: TokenAccess): string {
  if (tokenLabel !== undefined) return `the token "${tokenLabel}"`
  return serial === undefined ? `the token in slot ${slot}` : `the token with serial number ${serial}`
}
