import { createPrivateKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ExternalPosApi } from './pos-api-schema.ts'
import { ConfigurationError } from './profile.ts'

/** What a terminal of the bench needs at a POS API of somebody else. */
export interface PosApiAccess {
  key: KeyObject
  /** PEM; undefined for the machine's own. */
  trustedRoots: readonly string[] | undefined
}

/** Reads the files that the profile names. Throws {@link ConfigurationError}. */
export async function readPosApiAccess({ terminal, trustedRoots }: ExternalPosApi): Promise<PosApiAccess> {
  const pem = await textOf('merchantAse.terminal.keyFile', terminal.keyFile)
  const roots = trustedRoots === null ? undefined : [await textOf('merchantAse.trustedRoots', trustedRoots)]
  return { key: keyOf(pem), trustedRoots: roots }
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch {
    throw new ConfigurationError(
      'expected a private key (PKCS #8, PEM) in the file of merchantAse.terminal.keyFile',
    )
  }
}

async function textOf(key: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    throw new ConfigurationError(`expected ${key} to be a file, got: ${(error as Error).message}`)
  }
}
