import type { X509Certificate } from 'node:crypto'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import type { Clock } from '../../../protocols/clock/clock.ts'
import type { Verdict } from '../../../protocols/verdict/verdict.ts'
import { checkChain } from '../../../protocols/x509/chain.ts'
import type { X509Reason } from '../../../protocols/x509/reasons.ts'

const SHOWN = new WeakMap<Socket, X509Certificate>()

/** The certificate that a client showed in TLS and has the key of, not judged yet; null when it showed none. */
export function certificateShownOn(socket: Socket): X509Certificate | null {
  const known = SHOWN.get(socket)
  if (known !== undefined) return known
  const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
  if (shown === undefined) return null
  SHOWN.set(socket, shown)
  return shown
}

interface Judged {
  verdict: Verdict<X509Certificate, X509Reason>
  /** Milliseconds since 1970: between these the verdict stays the same. */
  from: number
  until: number
}

/** Judges certificates that terminals show, by their chain and by the time. Whether one was revoked the registry knows. */
export class CertificateJudge {
  readonly #issuers: readonly X509Certificate[]
  readonly #clock: Clock
  readonly #judged = new WeakMap<X509Certificate, Judged>()

  /** `issuers`: the authority of the terminals, then its issuers up to the root. */
  constructor(issuers: readonly X509Certificate[], clock: Clock) {
    this.#issuers = issuers
    this.#clock = clock
  }

  judge(certificate: X509Certificate): Verdict<X509Certificate, X509Reason> {
    const now = this.#clock.now()
    const known = this.#judged.get(certificate)
    if (known !== undefined && now >= known.from && now <= known.until) return known.verdict
    const verdict = checkChain(certificate, {
      issuers: this.#issuers,
      at: new Date(now),
      usage: 'digitalSignature',
    })
    // A connection makes many requests, and signatures of a chain do not change.
    if (verdict.valid) this.#judged.set(certificate, { verdict, ...this.#validity(certificate) })
    return verdict
  }

  #validity(certificate: X509Certificate): Pick<Judged, 'from' | 'until'> {
    const chain = [certificate, ...this.#issuers]
    return {
      from: Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime())),
      until: Math.min(...chain.map(({ validToDate }) => validToDate.getTime())),
    }
  }
}
