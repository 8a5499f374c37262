import { z } from 'zod'
import { parseTerminalProfile, type TerminalProfile, TerminalProfileError } from '../profile.ts'

/** What a merchant ASE signs for a terminal: whose, which and for how long (ms since 1970), and what it is to work by. */
const configurationDocument = z.strictObject({
  terminalId: z.string().min(1).max(64),
  version: z.number().int().min(1),
  issuedAt: z.number().int(),
  expiresAt: z.number().int(),
  /** The merchant's wallet address for each currency. */
  wallets: z.record(z.string(), z.string()),
  /** The rest of a terminal profile; certification authority keys stand in it, no names of files. */
  settings: z.record(z.string(), z.unknown()),
})

export type ConfigurationDocument = z.infer<typeof configurationDocument>

/** A configuration document that the terminal does not know; the message names the key. */
export class ConfigurationError extends Error {
  override name = 'ConfigurationError'
}

/** Reads a document, which must be wholly understood. Throws {@link ConfigurationError}. */
export function readConfiguration(content: Uint8Array): ConfigurationDocument {
  const read = configurationDocument.safeParse(jsonOf(content))
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.') || 'all'}: ${message}`)
    throw new ConfigurationError(faults.join('; '))
  }
  profileOf(read.data)
  return read.data
}

/** The terminal profile that a document makes. Throws {@link ConfigurationError}. */
export function profileOf({ terminalId, wallets, settings }: ConfigurationDocument): TerminalProfile {
  for (const key of ['id', 'wallets'])
    if (key in settings) throw new ConfigurationError(`settings.${key}: expected it beside the settings`)
  const profile = parsed({ ...settings, id: terminalId, wallets })
  if (profile.emv?.caKeys.some((entry) => typeof entry === 'string'))
    throw new ConfigurationError('settings.emv.caKeys: expected keys, got the name of a file')
  return profile
}

function parsed(value: unknown): TerminalProfile {
  try {
    return parseTerminalProfile(value, 'settings')
  } catch (error) {
    if (error instanceof TerminalProfileError) throw new ConfigurationError(error.message, { cause: error })
    throw error
  }
}

function jsonOf(content: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(content).toString())
  } catch {
    throw new ConfigurationError('expected JSON')
  }
}
