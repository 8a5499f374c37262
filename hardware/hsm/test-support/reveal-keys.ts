import { text } from 'node:stream/consumers'
import pkcs11 from 'pkcs11js'
import type { TokenAccess } from '../access.ts'
import { isRsa } from '../hierarchy/algorithms.ts'
import type { SealedKey } from '../keys/sealed-key.ts'
import { openToken } from '../signer/cryptoki.ts'
import { formOf } from '../signer/key-forms.ts'
import { Masters } from '../signer/masters.ts'
import { probe } from '../signer/probe.ts'
import { readable } from '../signer/templates.ts'

/** What is told on standard input. `keys`: with a blob each. */
export interface RevealRequest {
  readonly access: TokenAccess
  readonly keys: readonly SealedKey[]
}

// A program of its own, as a signer is: prints the values of keys of a test's own token, to be searched for where they must not be.
const { access, keys } = JSON.parse(await text(process.stdin)) as RevealRequest
const token = openToken(access)
const capabilities = probe(token)
const masters = new Masters(token, capabilities)
const values = keys.map((sealed) => {
  const { algorithm } = sealed.record
  const part = isRsa(algorithm) ? pkcs11.CKA_PRIVATE_EXPONENT : pkcs11.CKA_VALUE
  return masters.read(sealed, readable(formOf(capabilities, algorithm)), part).toString('hex')
})
process.stdout.write(JSON.stringify(values))
