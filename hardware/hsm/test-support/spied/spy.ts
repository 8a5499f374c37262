import { existsSync } from 'node:fs'
import type { TokenAccess } from '../../access.ts'

const SPIES = [
  '/usr/lib/x86_64-linux-gnu/pkcs11-spy.so',
  '/usr/lib/aarch64-linux-gnu/pkcs11-spy.so',
  '/usr/lib/x86_64-linux-gnu/pkcs11/pkcs11-spy.so',
  '/usr/lib64/pkcs11-spy.so',
]

/** OpenSC's PKCS#11 spy, which stands between a signer and its module and writes down every call with its arguments; null: not here. */
export const SPY = SPIES.find((path) => existsSync(path)) ?? null

/** The same token, with the spy in front of it, which writes to the file `log`. */
export function spied(token: TokenAccess, spy: string, log: string): TokenAccess {
  const { module, pin, environment } = token
  const watching = { PKCS11SPY: module, PKCS11SPY_OUTPUT: log }
  return { ...token, pin, module: spy, environment: { ...environment, ...watching } }
}

/** The bytes of all dumps in a log, which have 16 a line, behind their place. */
export function dumped(log: string): Buffer {
  const lines = log.matchAll(/^ *[0-9a-f]{8} {2}((?:[0-9a-f]{2} ?)+) /gim)
  return Buffer.from([...lines].map(([, bytes]) => bytes?.replaceAll(' ', '')).join(''), 'hex')
}
