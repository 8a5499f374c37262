import type { Clock } from '../../../protocols/clock/clock.ts'
import { type TokenAccess, tokenName } from '../access.ts'
import { HsmError } from '../error.ts'
import { pinGuard } from '../pin-guard.ts'
import type { MasterShare, TransportPublicKey } from '../signer/ceremony.ts'
import { SignerProcess } from '../signer-process.ts'

/**
 * Makes the master keys that the tokens of a group share, where none has any. They are made in a session of the first token, leave it once
 * for each token under the public RSA key of that token's own session, and no token can be made to hand them out afterwards. Harmless when all
 * have them. Throws MASTER_KEYS_NOT_SHARED when only some have, and HsmError of the tokens.
 */
export async function shareMasters(tokens: readonly TokenAccess[], clock: Clock): Promise<void> {
  const started = await Promise.allSettled(
    tokens.map((access) => pinGuard.guarded(access, () => SignerProcess.invite(access, clock))),
  )
  const guests = started.flatMap((guest) => (guest.status === 'fulfilled' ? [guest.value] : []))
  try {
    for (const guest of started) if (guest.status === 'rejected') throw guest.reason
    if (guests.every(({ publicKey }) => publicKey === null)) return
    const publicKeys = guests.map(({ publicKey }, at) => publicKey ?? alreadyThere(tokens[at] as TokenAccess))
    await share(
      guests.map(({ signer }) => signer),
      publicKeys,
    )
  } finally {
    await Promise.all(guests.map(({ signer }) => signer.close()))
  }
}

async function share(
  signers: readonly SignerProcess[],
  publicKeys: readonly TransportPublicKey[],
): Promise<void> {
  const shares = (await signers[0]?.found(publicKeys)) ?? []
  await Promise.all(signers.map((signer, at) => signer.join(shares[at] as MasterShare)))
}

function alreadyThere(access: TokenAccess): never {
  throw new HsmError(
    'MASTER_KEYS_NOT_SHARED',
    `expected new tokens for a group, or tokens that share their master keys, got the token "${tokenName(access)}" alone with such keys`,
  )
}
