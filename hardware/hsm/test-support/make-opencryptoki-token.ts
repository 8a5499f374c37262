import { text } from 'node:stream/consumers'
import pkcs11 from 'pkcs11js'

/** PINs of the token: a test's own, of 4 to 8 characters. */
export interface NewOpencryptokiToken {
  readonly module: string
  readonly tokenLabel: string
  readonly pin: string
  readonly securityOfficerPin: string
}

/** opencryptoki(7): what the security officer of a token that nobody has initialised has. */
const FIRST_SO_PIN = '87654321'
const LABEL_BYTES = 32

// A program of its own, as a signer is: initialises the token of a private opencryptoki that is described on its standard input.
const wanted = JSON.parse(await text(process.stdin)) as NewOpencryptokiToken
const module = new pkcs11.PKCS11()
module.load(wanted.module)
module.C_Initialize()
const [slot] = module.C_GetSlotList(true)
if (slot === undefined) throw new Error('expected a slot, got none')
module.C_InitToken(slot, FIRST_SO_PIN, wanted.tokenLabel.padEnd(LABEL_BYTES))
const session = module.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION)
module.C_Login(session, pkcs11.CKU_SO, FIRST_SO_PIN)
module.C_SetPIN(session, FIRST_SO_PIN, wanted.securityOfficerPin)
// The user has to change what the officer gave.
const handedOver = wanted.securityOfficerPin
module.C_InitPIN(session, handedOver)
module.C_Logout(session)
module.C_Login(session, pkcs11.CKU_USER, handedOver)
module.C_SetPIN(session, handedOver, wanted.pin)
module.C_Finalize()
