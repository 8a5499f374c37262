import { HsmError } from '../error.ts'
import { PROVIDERS, type ProviderName } from './providers.ts'

/** Which token to use, before anything was looked at. No name of a token: a private one, made for the run. */
export interface TokenSettings {
  readonly provider: ProviderName
  /** Path of the module, in place of where packages put it. */
  readonly module: string | null
  readonly token:
    | { readonly tokenLabel: string }
    | { readonly serial: string }
    | { readonly slot: number }
    | null
  readonly pin: string | null
  readonly pinFile: string | null
  /** URL of a YubiHSM connector. */
  readonly connector: string | null
  /** Path of the file of sealed keys; null: in memory. */
  readonly keys: string | null
  /** Whether the master keys may be made in a token that is there. */
  readonly provision: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads settings from variables `${prefix}PROVIDER`, `MODULE`, `TOKEN_LABEL` or `SERIAL` or `SLOT`, `PIN` or `PIN_FILE`, `CONNECTOR`, `KEYS`,
 * `PROVISION`; empty is unset. Throws CONFIGURATION_WRONG, without the PIN.
 */
export function tokenSettings(environment: Environment, prefix: string): TokenSettings {
  const read = (name: string) => environment[`${prefix}${name}`] || null
  const [pin, pinFile] = [read('PIN'), read('PIN_FILE')]
  if (pin !== null && pinFile !== null) throw wrong(`one of ${prefix}PIN and ${prefix}PIN_FILE`, 'both')
  const token = tokenOf(read, prefix)
  if ((token === null) !== (pin === null && pinFile === null))
    throw wrong(
      `a token (${prefix}TOKEN_LABEL, ${prefix}SERIAL or ${prefix}SLOT) with its PIN (${prefix}PIN or ${prefix}PIN_FILE), or neither`,
      token === null ? 'a PIN alone' : 'a token alone',
    )
  return {
    provider: providerOf(read('PROVIDER'), prefix),
    module: read('MODULE'),
    token,
    pin,
    pinFile,
    connector: read('CONNECTOR'),
    keys: read('KEYS'),
    provision: yes(read('PROVISION'), prefix),
  }
}

function tokenOf(read: (name: string) => string | null, prefix: string): TokenSettings['token'] {
  const [tokenLabel, serial, slot] = [read('TOKEN_LABEL'), read('SERIAL'), read('SLOT')]
  if ([tokenLabel, serial, slot].filter((name) => name !== null).length > 1)
    throw wrong(`one of ${prefix}TOKEN_LABEL, ${prefix}SERIAL and ${prefix}SLOT`, 'several')
  if (tokenLabel !== null) return { tokenLabel }
  if (serial !== null) return { serial }
  if (slot === null) return null
  if (!/^\d{1,10}$/.test(slot)) throw wrong(`a number in ${prefix}SLOT`, `"${slot}"`)
  return { slot: Number(slot) }
}

function providerOf(name: string | null, prefix: string): ProviderName {
  const known = Object.keys(PROVIDERS) as ProviderName[]
  const found = known.find((provider) => provider === (name ?? 'softhsm2'))
  if (found !== undefined) return found
  throw wrong(`one of ${known.join(', ')} in ${prefix}PROVIDER`, `"${name}"`)
}

function yes(value: string | null, prefix: string): boolean {
  if (value === null || value === 'no') return false
  if (value === 'yes') return true
  throw wrong(`yes or no in ${prefix}PROVISION`, `"${value}"`)
}

function wrong(expected: string, came: string): HsmError {
  return new HsmError('CONFIGURATION_WRONG', `expected ${expected}, got ${came}`)
}
