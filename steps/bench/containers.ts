import type { ContainerPair } from '../rafiki-containers/pair.ts'
import { type Closer, closing } from './closer.ts'
import { variablesOf } from './docker-plan.ts'
import type { Profile } from './profile.ts'

/** Starts the containers of a profile's pair, which `closers` end; null when its Rafiki is not in containers. */
export async function openContainers(
  { rafiki }: Pick<Profile, 'rafiki'>,
  closers: Closer[],
): Promise<ContainerPair | null> {
  if (rafiki.socket !== 'docker') return null
  // Only here: other profiles need not load it.
  const { openPairOf } = await import('../rafiki-containers/pair.ts')
  return closing(closers, openPairOf(variablesOf(rafiki)))
}
