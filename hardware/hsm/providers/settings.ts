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
  /** A second token that shares the master keys of the first. */
  readonly twin: TwinSettings | null
}

/** Keys lie under the master keys of both. */
export type TwinSettings = Omit<TokenSettings, 'keys' | 'provision' | 'twin'>

type Environment = Readonly<Record<string, string | undefined>>

/**
 * Reads settings from variables `${prefix}PROVIDER`, `MODULE`, `TOKEN_LABEL` or `SERIAL` or `SLOT`, `PIN` or `PIN_FILE`, `CONNECTOR`, `KEYS`,
 * `PROVISION`; empty is unset. With `TOKENS` of 2 a second token from the same variables behind `${prefix}2_`, whose provider and module are
 * those of the first unless they are said. Throws CONFIGURATION_WRONG, without the PIN.
 */
export function tokenSettings(environment: Environment, prefix: string): TokenSettings {
  const read = reader(environment, prefix)
  const first = readToken(read, prefix, providerOf(read('PROVIDER') ?? 'softhsm2', prefix), read('MODULE'))
  const twin = oneOf(['1', '2'], read('TOKENS') ?? '1', `${prefix}TOKENS`) === '2'
  return {
    ...first,
    keys: read('KEYS'),
    provision: oneOf(['yes', 'no'], read('PROVISION') ?? 'no', `${prefix}PROVISION`) === 'yes',
    twin: twin ? readTwin(environment, prefix, first) : null,
  }
}

type Reader = (name: string) => string | null

function reader(environment: Environment, prefix: string): Reader {
  return (name) => environment[`${prefix}${name}`] || null
}

function readTwin(environment: Environment, prefix: string, first: TwinSettings): TwinSettings {
  const own = `${prefix}2_`
  const read = reader(environment, own)
  const provider = read('PROVIDER')
  // The path of the first one's module says nothing of another provider's.
  const module = read('MODULE') ?? (provider === null ? first.module : null)
  const twin = readToken(read, own, providerOf(provider ?? first.provider, own), module)
  if ((twin.token === null) !== (first.token === null))
    throw wrong('two tokens that are named, or two new ones', 'one of each kind')
  return twin
}

function readToken(
  read: Reader,
  prefix: string,
  provider: ProviderName,
  module: string | null,
): TwinSettings {
  const [pin, pinFile] = [read('PIN'), read('PIN_FILE')]
  if (pin !== null && pinFile !== null) throw wrong(`one of ${prefix}PIN and ${prefix}PIN_FILE`, 'both')
  const token = tokenOf(read, prefix)
  if ((token === null) !== (pin === null && pinFile === null))
    throw wrong(
      `a token (${prefix}TOKEN_LABEL, ${prefix}SERIAL or ${prefix}SLOT) with its PIN (${prefix}PIN or ${prefix}PIN_FILE), or neither`,
      token === null ? 'a PIN alone' : 'a token alone',
    )
  return {
    provider,
    module,
    token,
    pin,
    pinFile,
    connector: read('CONNECTOR'),
  }
}

function tokenOf(read: Reader, prefix: string): TokenSettings['token'] {
  const [tokenLabel, serial, slot] = [read('TOKEN_LABEL'), read('SERIAL'), read('SLOT')]
  if ([tokenLabel, serial, slot].filter((name) => name !== null).length > 1)
    throw wrong(`one of ${prefix}TOKEN_LABEL, ${prefix}SERIAL and ${prefix}SLOT`, 'several')
  if (tokenLabel !== null) return { tokenLabel }
  if (serial !== null) return { serial }
  if (slot === null) return null
  if (!/^\d{1,10}$/.test(slot)) throw wrong(`a number in ${prefix}SLOT`, `"${slot}"`)
  return { slot: Number(slot) }
}

function providerOf(name: string, prefix: string): ProviderName {
  const known = Object.keys(PROVIDERS) as ProviderName[]
  const found = known.find((provider) => provider === name)
  if (found !== undefined) return found
  throw wrong(`one of ${known.join(', ')} in ${prefix}PROVIDER`, `"${name}"`)
}

function oneOf(known: readonly string[], value: string, variable: string): string {
  if (known.includes(value)) return value
  throw wrong(`${known.join(' or ')} in ${variable}`, `"${value}"`)
}

function wrong(expected: string, came: string): HsmError {
  return new HsmError('CONFIGURATION_WRONG', `expected ${expected}, got ${came}`)
}
