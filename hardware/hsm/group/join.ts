import { createHash } from 'node:crypto'
import type { Clock } from '../../../protocols/clock/clock.ts'
import { type TokenAccess, tokenName } from '../access.ts'
import { HsmError } from '../error.ts'
import { pinGuard } from '../pin-guard.ts'
import type { TransportPublicKey } from '../signer/ceremony.ts'
import { SignerProcess } from '../signer-process.ts'
import { Agreement, checkValuesOf } from './agreement.ts'
import { isAway } from './away.ts'

export interface JoinRequest {
  /** Those of the group, the new one in the place of the lost one. */
  readonly tokens: readonly TokenAccess[]
  /** Of the token that holds the master keys: no user can move them alone. */
  readonly securityOfficerPin: string
  readonly clock: Clock
  /** For the audit trail. */
  readonly tell: (text: string) => void
}

/** What was moved. */
export interface Joined {
  readonly sponsor: string
  readonly newcomer: string
  /** Check values, 3 bytes, hex. */
  readonly masters: { readonly storage: string; readonly seal: string }
  /** SHA-256 of the modulus under which they went, hex. */
  readonly transportKey: string
}

type Guest = Awaited<ReturnType<typeof SignerProcess.invite>> & { readonly access: TokenAccess }

/**
 * A new, empty token gets the master keys of those that have them, in place of a lost one: wrapped under a public RSA key of its session, which
 * the security officer of the other token trusts for that. Afterwards both are opened and compared. Throws HsmError: TOKEN_NOT_PRESENT when no
 * token with master keys is there, TOKEN_NOT_EMPTY, MECHANISM_MISSING, MASTER_KEYS_STAY, SO_PIN_INCORRECT, and of the tokens.
 */
export async function joinGroup({ tokens, clock, ...request }: JoinRequest): Promise<Joined> {
  const started = await Promise.allSettled(tokens.map((access) => invited(access, clock)))
  const guests = started.flatMap((guest) => (guest.status === 'fulfilled' ? [guest.value] : []))
  const missing = started.flatMap((guest) => (guest.status === 'rejected' ? [guest.reason] : []))
  try {
    const { sponsor, newcomer, publicKey } = rolesOf(guests, missing)
    const agreement = await agreed(sponsor.access, newcomer.access, clock)
    await newcomer.signer.join(await sponsor.signer.vouch(publicKey, request.securityOfficerPin))
    const masters = checkValuesOf(await opened(newcomer.access, agreement, clock))
    const [from, to] = [tokenName(sponsor.access), tokenName(newcomer.access)]
    const joined = { sponsor: from, newcomer: to, masters, transportKey: fingerprintOf(publicKey) }
    request.tell(told(joined))
    return joined
  } finally {
    await Promise.all(guests.map(({ signer }) => signer.close()))
  }
}

/** In a line, for people. */
function told({ sponsor, newcomer, masters: { storage, seal }, transportKey }: Joined): string {
  const keys = `storage key ${storage}, seal key ${seal}`
  return `token "${newcomer}" joined "${sponsor}": ${keys}, wrapped under the RSA key ${transportKey}`
}

async function invited(access: TokenAccess, clock: Clock): Promise<Guest> {
  return { ...(await pinGuard.guarded(access, () => SignerProcess.invite(access, clock))), access }
}

/** Who hands on and who takes, by what lies in them. `missing`: why the others are not here. */
function rolesOf(guests: readonly Guest[], missing: readonly unknown[]) {
  const wrong = missing.find((reason) => !isAway(reason))
  if (wrong !== undefined) throw wrong
  const [sponsor] = guests.filter(({ publicKey }) => publicKey === null)
  if (sponsor === undefined) throw nobody(guests, missing)
  const [newcomer] = guests.filter(({ empty }) => empty)
  if (newcomer?.publicKey) return { sponsor, newcomer, publicKey: newcomer.publicKey }
  if (missing.length > 0) throw missing[0]
  const names = guests.map(({ access }) => `"${tokenName(access)}"`).join(' and ')
  throw new HsmError('TOKEN_NOT_EMPTY', `expected one token without keys, to join, got keys in ${names}`)
}

function nobody(guests: readonly Guest[], missing: readonly unknown[]): HsmError {
  const without = guests.map(({ access }) => `"${tokenName(access)}" is without them`)
  const away = missing.map((reason) => (reason instanceof HsmError ? reason.what : String(reason)))
  return new HsmError(
    'TOKEN_NOT_PRESENT',
    `expected a token that holds the master keys of the group, got none (${[...without, ...away].join('; ')})`,
  )
}

/** Before anything is moved: a token that cannot do what the other one does gets no keys. */
async function agreed(sponsor: TokenAccess, newcomer: TokenAccess, clock: Clock): Promise<Agreement> {
  const agreement = new Agreement()
  const { masters } = await opened(sponsor, agreement, clock)
  const capabilities = await SignerProcess.probe(newcomer, clock)
  agreement.expect(tokenName(newcomer), { capabilities, masters })
  return agreement
}

async function opened(access: TokenAccess, agreement: Agreement, clock: Clock) {
  const { capabilities } = agreement
  const options = Promise.resolve({ clearAllowed: false, shared: true, capabilities })
  const signer = await SignerProcess.open(access, options, clock)
  try {
    agreement.expect(tokenName(access), signer.opened)
    return signer.opened
  } finally {
    await signer.close()
  }
}

function fingerprintOf({ modulus }: TransportPublicKey): string {
  return createHash('sha256').update(Buffer.from(modulus, 'hex')).digest('hex')
}
