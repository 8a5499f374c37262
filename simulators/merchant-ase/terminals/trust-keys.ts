import type { X509Certificate } from 'node:crypto'
import type { DukptName } from '../../../protocols/dukpt/schemes.ts'
import type { Freshness } from '../../../protocols/keyblock/tr34/key-token.ts'
import type { KeyPurpose } from '../../../protocols/onboarding/key-purposes.ts'
import type { Issuer } from '../../../protocols/x509/certificate.ts'
import type { Sign } from '../../../protocols/x509/signature.ts'

/** An initial key to be sent. */
export interface InitialKeyOrder {
  purpose: KeyPurpose
  dukpt: DukptName
  /** Identifier of the initial key, 8 bytes, the first 4 being the base derivation key's. */
  id: Uint8Array
  /** Of the key block, see `initialKeyHeader`. */
  header: string
  /** The key-receiving certificate of the terminal. */
  krd: X509Certificate
  freshness: Freshness
  /** CRL of the distribution host's authority, DER. */
  crl: Uint8Array
}

/** What the merchant ASE has of its HSM for terminals: operations whose keys stay inside. */
export interface TrustKeys {
  /** The authority that certifies terminals, then its issuers up to the root. */
  authority: readonly [X509Certificate, ...X509Certificate[]]
  /** The key distribution host, certified by the same authority. */
  host: X509Certificate
  /** Signs the configurations of terminals; certified for signing documents by the same authority. */
  configurator: Issuer
  /** Identifiers of the base derivation keys, 4 bytes each. */
  bdkIds: Readonly<Record<DukptName, Readonly<Record<KeyPurpose, Uint8Array>>>>
  /** SignCertificate: the authority's signature over a TBSCertificate. */
  signCertificate: Sign
  /** SignCrl: the authority's signature over a TBSCertList. */
  signCrl: Sign
  /** DeriveIpek and its export as a TR-34 token; with the key's check value: 5 bytes, of TDES 3. */
  exportInitialKey: (order: InitialKeyOrder) => Promise<{ token: Uint8Array; kcv: Uint8Array }>
}
