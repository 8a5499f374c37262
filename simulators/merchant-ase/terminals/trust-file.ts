import { X509Certificate } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Random } from '../../common/uuid.ts'
import { makeBases, makeTrust, type TrustCertificates } from './trust-ceremony.ts'

type PairName = keyof TrustCertificates
const PAIRS: readonly PairName[] = ['root', 'authority', 'host', 'configurator']

/** The certificates that a file keeps (JSON, PEM by name), whose keys are in an HSM. Throws when the file is not there. */
export async function readTrust(file: string): Promise<TrustCertificates> {
  const { root, authority, host, configurator } = JSON.parse(await readFile(file, 'utf8'))
  return {
    root: new X509Certificate(root),
    authority: new X509Certificate(authority),
    host: new X509Certificate(host),
    configurator: new X509Certificate(configurator),
  }
}

/** The same; keys and file are made when the file is not there. Throws when the keys are there and the file is not. */
export async function openTrust(
  hsm: Hsm,
  file: string,
  parts: { clock: Clock; random: Random },
): Promise<TrustCertificates> {
  const kept = await readTrust(file).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (kept !== null) {
    await makeBases(hsm)
    return kept
  }
  const made = await makeTrust(hsm, parts)
  const texts = Object.fromEntries(PAIRS.map((name) => [name, made[name].toString()]))
  await writeFile(file, JSON.stringify(texts, null, 2))
  return made
}
