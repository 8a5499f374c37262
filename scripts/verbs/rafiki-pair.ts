import { variablesOf } from '../../steps/bench/docker-plan.ts'
import { ConfigurationError, loadProfile } from '../../steps/bench/profile.ts'
import { connectEngine } from '../../steps/rafiki-containers/engine.ts'
import { openPairOf } from '../../steps/rafiki-containers/pair.ts'
import type { Variables } from '../../steps/rafiki-containers/variables.ts'
import { EXIT } from '../lib/exit.ts'

export interface RafikiPairOptions {
  profile: string
}

/** Starts the containers of the profile's pair and leaves them running. */
export async function rafikiUp({ profile }: RafikiPairOptions): Promise<number> {
  const variables = composed(profile)
  await openPairOf(variables)
  process.stdout.write(
    `The pair ${variables.COMPOSE_PROJECT_NAME} runs, Rafiki ${variables.RAFIKI_VERSION}. End it: tapbench rafiki down --profile ${profile}\n`,
  )
  return EXIT.done
}

/** Ends and deletes the containers of the profile's pair, with all they know. */
export async function rafikiDown({ profile }: RafikiPairOptions): Promise<number> {
  const variables = composed(profile)
  const engine = await connectEngine(variables)
  const there = await engine.containers()
  if (there.length > 0) await engine.down()
  process.stdout.write(
    `The pair ${variables.COMPOSE_PROJECT_NAME} ${there.length > 0 ? 'is gone, with its data' : 'was not there'}.\n`,
  )
  return EXIT.done
}

function composed(profile: string): Variables {
  const { rafiki } = loadProfile(profile, process.env)
  if (rafiki.socket === 'docker') return variablesOf(rafiki)
  throw new ConfigurationError(
    `expected a profile whose rafiki.socket is docker, ${profile} has "${rafiki.socket}": use --profile docker`,
  )
}
