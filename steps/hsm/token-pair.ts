import { shareMasters } from '../../hardware/hsm/group/ceremony.ts'
import { RemovableToken } from '../../hardware/hsm/test-support/removable-token.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { CACHE } from '../bench/places.ts'

/** Two tokens that share their master keys and can be pulled out, by the names of features: "left" and "right". */
export type TokenPair = readonly [RemovableToken, RemovableToken]

/** Of tokens that exist for seconds in private folders; reports are searched for it. */
export const SECURITY_OFFICER_PIN = 'security officer of test tokens'

/** In folders below `directory`, with which they end. */
export async function makePair(directory: string): Promise<TokenPair> {
  const pair = [await emptyToken(directory, 'left'), await emptyToken(directory, 'right')] as const
  await shareMasters(pair, systemClock)
  return pair
}

/** One that has no master keys yet. */
export async function emptyToken(directory: string, tokenLabel: string): Promise<RemovableToken> {
  const options = { directory, tokenLabel, masters: false, securityOfficerPin: SECURITY_OFFICER_PIN }
  return RemovableToken.of(await createPrivateToken(options), directory, CACHE)
}
