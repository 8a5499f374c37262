import { shareMasters } from '../../hardware/hsm/group/ceremony.ts'
import { RemovableToken } from '../../hardware/hsm/test-support/removable-token.ts'
import { createPrivateToken } from '../../hardware/hsm/token.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { CACHE } from '../bench/places.ts'

/** Two tokens that share their master keys and can be pulled out, by the names of features: "left" and "right". */
export type TokenPair = readonly [RemovableToken, RemovableToken]

/** In folders below `directory`, with which they end. */
export async function makePair(directory: string): Promise<TokenPair> {
  const make = async (tokenLabel: string) => {
    const token = await createPrivateToken({ directory, tokenLabel, masters: false })
    return RemovableToken.of(token, directory, CACHE)
  }
  const pair = [await make('left'), await make('right')] as const
  await shareMasters(pair, systemClock)
  return pair
}
