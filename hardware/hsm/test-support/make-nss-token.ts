import pkcs11 from 'pkcs11js'
import { nssParameters } from '../providers/nss.ts'

// A program of its own, as a signer is: gives the NSS database in a folder its first PIN. Arguments: module, folder, PIN (a test's own).
const [path = '', directory = '', pin = ''] = process.argv.slice(2)
const module = new pkcs11.PKCS11()
module.load(path)
module.C_Initialize({ flags: pkcs11.CKF_OS_LOCKING_OK, libraryParameters: `${nssParameters(directory)} ` })
// The first slot holds no keys for good, the second is the database; its first login is the security officer's, with no PIN.
const [, slot] = module.C_GetSlotList(true)
if (slot === undefined) throw new Error('expected two slots')
const session = module.C_OpenSession(slot, pkcs11.CKF_RW_SESSION | pkcs11.CKF_SERIAL_SESSION)
module.C_Login(session, pkcs11.CKU_SO, '')
module.C_InitPIN(session, pin)
module.C_Logout(session)
module.C_Finalize()
