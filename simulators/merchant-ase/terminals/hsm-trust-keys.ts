import { createHash } from 'node:crypto'
import type { Hsm } from '../../../hardware/hsm/hsm.ts'
import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { ecdsaDer, type Sign } from '../../../protocols/x509/signature.ts'
import { TRUST_KEYS, type TrustCertificates } from './trust-ceremony.ts'
import type { TrustKeys } from './trust-keys.ts'

/** Identifiers of the base derivation keys, unless a merchant ASE has others already. */
const BDK_IDS: TrustKeys['bdkIds'] = {
  AES: { PIN: fromHex('00000001'), SRED: fromHex('00000002') },
  TDES: { PIN: fromHex('00000003'), SRED: fromHex('00000004') },
}

/** {@link TrustKeys} whose keys are in the HSM, as {@link makeTrust} put them there. The HSM must allow TR-34 in its signers, and have the clock of the ASE. */
export function hsmTrustKeys(
  hsm: Hsm,
  { root, authority, host, configurator }: TrustCertificates,
  bdkIds = BDK_IDS,
): TrustKeys {
  return {
    authority: [authority, root],
    host,
    configurator: { certificate: configurator, sign: signerOf(hsm, TRUST_KEYS.configurator) },
    bdkIds,
    signCertificate: hsm.certificates.signCertificate(TRUST_KEYS.authority),
    signCrl: hsm.certificates.signCrl(TRUST_KEYS.authority),
    exportInitialKey: async ({ purpose, dukpt, krd, crl, ...order }) => {
      const sent = await hsm.tr34.exportInitialKey({
        ...order,
        base: TRUST_KEYS.bases[dukpt][purpose],
        kdh: { key: TRUST_KEYS.host, certificate: host },
        krd: { certificate: krd, issuers: [authority], authority: TRUST_KEYS.authority },
        crls: [crl],
      })
      if (!sent.ok)
        throw new Error(`expected the certificate of a terminal in service, got one with ${sent.detail}`)
      return { token: sent.token, kcv: sent.kcv }
    },
  }
}

/** ECDSA on P-256, as certificates have it. */
function signerOf(hsm: Hsm, key: string): Sign {
  return async (data) => {
    const digest = new Uint8Array(createHash('sha256').update(data).digest())
    return ecdsaDer(await hsm.sign({ key, data: digest }))
  }
}
