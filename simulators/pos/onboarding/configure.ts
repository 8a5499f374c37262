import { z } from 'zod'
import {
  openConfiguration,
  type SignedConfiguration,
} from '../../../protocols/onboarding/signed-configuration.ts'
import {
  type ConfigurationDocument,
  ConfigurationError,
  profileOf,
  readConfiguration,
} from '../device/configuration.ts'
import type { Device } from '../device/device.ts'
import type { TerminalProfile } from '../profile.ts'
import type { CeremonyOptions } from './onboard.ts'
import { type CeremonyOutcome, ceremony, stop } from './outcome.ts'
import { expectReady } from './ready.ts'

// Certification authority keys of every scheme fit.
const MOST_CHARACTERS = 1024 * 1024
// Clocks drift.
const FUTURE_MS = 60_000

const base64 = z
  .base64()
  .max(MOST_CHARACTERS)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
const configurationAnswer = z.object({ content: base64, signature: base64, signer: base64, crl: base64 })

/**
 * Fetches what the merchant ASE wants the terminal to work by, and takes it whole or not at all: signed by who may, for this terminal,
 * of this time, wholly understood, and not older than what is there.
 */
export function configure(device: Device, options: CeremonyOptions): Promise<CeremonyOutcome> {
  return ceremony(async () => {
    expectReady(device)
    const { api, clock, keep, journal } = options
    const request = { version: device.configuration?.version ?? null }
    const signed = await api.postSigned(device, '/configuration', request, configurationAnswer)
    const taken = judge(device, signed, clock.now())
    device.configuration = taken
    await keep(device)
    journal.record({ kind: 'terminal', step: 'Configuration', detail: `version ${taken.version}` })
  })
}

/** The profile to work by now, or why there is none. */
export function profileInForce(
  { configuration, registration }: Device,
  now: number,
):
  | { ready: true; profile: TerminalProfile }
  | { ready: false; reason: 'not_configured' | 'configuration_expired' } {
  if (configuration === null || registration === null) return { ready: false, reason: 'not_configured' }
  if (now >= configuration.expiresAt) return { ready: false, reason: 'configuration_expired' }
  return { ready: true, profile: profileOf(configuration) }
}

function judge(device: Device, signed: SignedConfiguration, now: number): ConfigurationDocument {
  const { terminalId, issuers } = device.registration ?? stop('not_onboarded')
  const opened = openConfiguration(signed, issuers, new Date(now))
  if (!opened.valid) return stop('configuration_refused', opened.detail)
  const found = read(opened.value)
  if (found.terminalId !== terminalId) stop('configuration_foreign', found.terminalId)
  if (now >= found.expiresAt) stop('configuration_expired')
  if (found.issuedAt > now + FUTURE_MS) stop('configuration_early')
  expectNotOlder(found, device.configuration)
  return found
}

function read(content: Uint8Array): ConfigurationDocument {
  try {
    return readConfiguration(content)
  } catch (error) {
    if (error instanceof ConfigurationError) return stop('configuration_malformed', error.message)
    throw error
  }
}

/** A version stands for one content: the same again only prolongs it. */
function expectNotOlder(found: ConfigurationDocument, held: ConfigurationDocument | null): void {
  if (held === null || found.version > held.version) return
  const contentOf = ({ wallets, settings }: ConfigurationDocument) => JSON.stringify({ wallets, settings })
  if (found.version < held.version || contentOf(found) !== contentOf(held))
    stop('configuration_old', `version ${found.version}, in use is ${held.version}`)
  if (found.issuedAt < held.issuedAt) stop('configuration_old', 'issued before the one in use')
}
