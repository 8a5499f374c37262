import type { TokenAccess } from '../access.ts'
import { FEATURES } from '../capabilities/features.ts'
import { placements, type Variant } from '../capabilities/placement.ts'
import { HsmError } from '../error.ts'
import type { Opened } from '../group/agreement.ts'
import type { Batch, Failure, FromSigner, HsmReply, HsmRequest, OpenOptions, ToSigner } from '../requests.ts'
import { pack } from '../wire/pack.ts'
import { unpack, view } from '../wire/unpack.ts'
import { Guest } from './ceremony.ts'
import { asHsmError, initialiseToken, openToken } from './cryptoki.ts'
import { KeyRing } from './key-ring.ts'
import { Masters, provision } from './masters.ts'
import type { Operation } from './operation.ts'
import { OPERATIONS } from './operations.ts'
import { probe } from './probe.ts'
import type { Signer } from './signer.ts'

/**
 * A signer: the only kind of process that loads the PKCS#11 module and holds a session. It is told the PIN over its IPC channel, works off
 * batches of requests in order, and ends with that channel: when the client closes it or dies.
 */
let signer: Signer | undefined
let guest: Guest | undefined

/** Requests after which the signer looks at its memory again. */
const LOOK_EVERY = 1024
const memory = { bytes: 0, left: 0 }

process.on('message', (message: ToSigner) => send(ANSWERS[message.type](message as never)))
process.on('disconnect', () => process.exit())
// Ctrl-C reaches the whole process group; when to end is the client's decision.
process.on('SIGINT', () => {})

const ANSWERS: { [Type in ToSigner['type']]: (message: Extract<ToSigner, { type: Type }>) => FromSigner } = {
  initialise: ({ access, securityOfficerPin, provision: withMasters }) =>
    answered(() => {
      initialiseToken(access, securityOfficerPin)
      if (withMasters) provision(openToken(access))
      return { type: 'ready' }
    }),
  provision: ({ access }) =>
    answered(() => {
      provision(openToken(access))
      return { type: 'ready' }
    }),
  probe: ({ access }) => answered(() => ({ type: 'probed', capabilities: probe(openToken(access)) })),
  open: ({ access, ...options }) => answered(() => ({ type: 'opened', opened: open(access, options) })),
  invite: ({ access }) =>
    answered(() => {
      guest = new Guest(openToken(access), access)
      return { type: 'invited', publicKey: guest.publicKey, empty: guest.empty }
    }),
  found: ({ publicKeys }) => answered(() => ({ type: 'founded', shares: attending().found(publicKeys) })),
  vouch: ({ publicKey, securityOfficerPin }) =>
    answered(() => ({ type: 'founded', shares: [attending().vouch(publicKey, securityOfficerPin)] })),
  join: ({ share }) =>
    answered(() => {
      attending().join(share)
      return { type: 'ready' }
    }),
  batch: work,
}

function open(access: TokenAccess, { clearAllowed, shared, capabilities: told }: OpenOptions): Opened {
  const token = openToken(access)
  const capabilities = told ?? probe(token)
  if (capabilities.hmac === null)
    throw new HsmError('MECHANISM_MISSING', `expected a token with ${FEATURES.hmac[0]}, got one without`)
  const masters = new Masters(token, capabilities)
  const ring = new KeyRing(token.home, masters, capabilities)
  signer = { token, capabilities, shared, masters, ring, places: placements(capabilities, clearAllowed) }
  return { capabilities, masters: masters.fingerprint }
}

function attending(): Guest {
  if (guest === undefined) throw new Error('expected "invite" before the rest of the ceremony')
  return guest
}

function answered(action: () => FromSigner): FromSigner {
  try {
    return action()
  } catch (error) {
    return { type: 'refused', failure: failureOf(error) }
  }
}

function work({ now, keys, requests }: Batch): FromSigner {
  if (signer === undefined) throw new Error('expected "open" before the first batch')
  const { ring } = signer
  ring.now = now
  for (const key of keys) ring.learn(key)
  const replies = (unpack(requests, view) as HsmRequest[]).map(({ operation, args }) =>
    answer(OPERATIONS[operation] as Operation<unknown, unknown>, args),
  )
  const packed = pack(replies)
  // Keys that came in the clear were in it.
  requests.block.fill(0)
  return { type: 'replies', replies: packed, rssBytes: residentBytes(requests.count) }
}

/** As it was when last looked at: to ask the kernel takes as long as four MACs. `done`: requests since the last call. */
function residentBytes(done: number): number {
  memory.left -= done
  if (memory.left > 0) return memory.bytes
  memory.bytes = process.memoryUsage.rss()
  memory.left = LOOK_EVERY
  return memory.bytes
}

function answer(operation: Operation<unknown, unknown>, args: unknown): HsmReply {
  const started = performance.now()
  const held = signer as Signer
  let variant: Variant | null = null
  try {
    variant = operation.variant(args, held)
    const result = perform(held, operation, args, variant)
    return { us: usSince(started), variant, result } as HsmReply
  } catch (error) {
    const failure = failureOf(error)
    // Of a token that is gone no session can be had.
    if (!isRefusal(error) && failure.code !== 'TOKEN_NOT_PRESENT') held.token.renew()
    return { us: usSince(started), variant, failure }
  }
}

function usSince(started: number): number {
  return Math.round((performance.now() - started) * 1000)
}

function perform(
  held: Signer,
  operation: Operation<unknown, unknown>,
  args: unknown,
  variant: Variant,
): unknown {
  const { where, missing } = held.places[variant]
  const action = where === 'in token' ? operation.inToken : (operation.clear ?? operation.inToken)
  if (where !== 'not possible' && action !== null) return action(held, args)
  throw new HsmError(
    'MECHANISM_MISSING',
    `expected ${variant} in the token, got a token without ${missing.join(', ')}`,
  )
}

/** Whether this layer refused before the module was asked: errors of the module have it as their cause, errors of ours none. */
function isRefusal(error: unknown): boolean {
  return error instanceof HsmError && error.cause === undefined
}

function failureOf(error: unknown): Failure {
  const { code, what } = asHsmError('the signer to do its work', error)
  return { code, what }
}

function send(message: FromSigner): void {
  process.send?.(message)
}
