import type { X509Certificate } from 'node:crypto'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { ksnBytes } from '../../../protocols/dukpt/ksn.ts'
import { DUKPT_SCHEMES, type DukptName } from '../../../protocols/dukpt/schemes.ts'
import { KEY_PURPOSES } from '../../../protocols/onboarding/key-purposes.ts'
import type { Device } from '../../../simulators/pos/device/device.ts'

/** What may be told of a terminal: no key is in it. */
export interface TerminalFacts {
  /** Name at the merchant ASE; null of a device that is no terminal. */
  terminalId: string | null
  serial: string
  model: string
  certificates: CertificateFacts[]
  /** Generation of the keys in use; null without keys. */
  generation: number | null
  /** DUKPT scheme of the keys; null without keys. */
  dukpt: DukptName | null
  keys: KeyFacts[]
}

export interface CertificateFacts {
  what: string
  subject: string
  issuer: string
  /** ISO 8601. */
  notAfter: string
}

export interface KeyFacts {
  purpose: string
  /** 5 bytes, of TDES 3. */
  kcv: string
  /** Key serial number of the first transaction: identifier of the initial key and counter, 12 bytes (X9.24-3), of TDES 10 (X9.24-1). */
  firstKsn: string
}

export function terminalFacts({ parts, registration, current }: Device): TerminalFacts {
  const certificates =
    registration === null
      ? []
      : [
          certificateFacts('signing', registration.signing),
          certificateFacts('key receiving', registration.receiving),
          certificateFacts('key distribution host', registration.host),
          ...registration.issuers.map((issuer, depth) =>
            certificateFacts(depth === registration.issuers.length - 1 ? 'root' : 'authority', issuer),
          ),
        ]
  const keys = KEY_PURPOSES.flatMap((purpose) => {
    const key = current?.keys[purpose]
    if (current === null || key === undefined) return []
    const first = { scheme: DUKPT_SCHEMES[current.dukpt], id: fromHex(key.id), counter: 1 }
    return [{ purpose, kcv: key.kcv, firstKsn: toHex(ksnBytes(first)) }]
  })
  return {
    terminalId: registration?.terminalId ?? null,
    serial: parts.serial,
    model: parts.model,
    certificates,
    generation: current?.generation ?? null,
    dukpt: current?.dukpt ?? null,
    keys,
  }
}

function certificateFacts(what: string, { subject, issuer, validToDate }: X509Certificate): CertificateFacts {
  return { what, subject: inLine(subject), issuer: inLine(issuer), notAfter: validToDate.toISOString() }
}

function inLine(name: string): string {
  return name.replaceAll('\n', ', ')
}
