import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { openHsm } from '../../hardware/hsm/hsm.ts'
import { openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { machineRandom as random } from '../common/machine-random.ts'
import type { TerminalsConfig } from './config.ts'
import { HsmTransactionKeys } from './payments/hsm-transaction-keys.ts'
import { hsmTrustKeys } from './terminals/hsm-trust-keys.ts'
import { TRUST_KEYS } from './terminals/trust-ceremony.ts'
import { openTrust } from './terminals/trust-file.ts'
import type { TerminalsSettings } from './terminals-environment.ts'

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/**
 * Opens the HSM behind the trust in terminals, with its keys and certificates, made at the first time. What is to be closed in the end is put
 * into `opened`. Throws when a file, the module or the token cannot be had.
 */
export async function openTerminals(
  { port, publicUrl, files, trust, hsm: settings }: TerminalsSettings,
  { clock, journal, opened }: { clock: Clock; journal: Journal; opened: (() => Promise<void>)[] },
): Promise<TerminalsConfig> {
  const [cert, key, manufacturers] = await Promise.all(
    [files.cert, files.key, files.manufacturers].map((file) => readFile(file, 'utf8')),
  )
  const token = await openTokenOf(settings.token, settings.directory)
  opened.push(() => token.close())
  const { access, twins, keys } = token
  const { signers } = settings
  // TR-34 and DUKPT are done in the signers: no token does them.
  const hsm = await openHsm({ token: access, twins, keys, signers, clearAllowed: true, clock, journal })
  opened.push(() => hsm.close())
  const trustKeys = hsmTrustKeys(hsm, await openTrust(hsm, trust, { clock, random }))
  // Nothing brings the keys of an issuer into this program: no PIN can be translated for one.
  const labels = { base: TRUST_KEYS.bases, zone: { 0: 'zone-pin-tdes', 4: 'zone-pin-aes' } }
  return {
    port,
    ...(publicUrl === null ? {} : { publicUrl }),
    tls: { cert: cert ?? '', key: key ?? '' },
    keys: async () => trustKeys,
    transactions: async () => new HsmTransactionKeys(hsm, labels),
    manufacturers: [(manufacturers?.match(PEM) ?? []).map((pem) => new X509Certificate(pem))],
    random,
  }
}
