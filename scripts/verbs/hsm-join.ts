import { readFile } from 'node:fs/promises'
import { HsmError } from '../../hardware/hsm/error.ts'
import { type Joined, joinGroup } from '../../hardware/hsm/group/join.ts'
import { openTokenOf } from '../../hardware/hsm/providers/open-token.ts'
import { tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { closing, withClosers } from '../../steps/bench/closer.ts'
import { temporaryFolder } from '../../steps/bench/folder.ts'
import { benchLog } from '../../steps/log/bench-log.ts'
import { EXIT } from '../lib/exit.ts'
import { PREFIX } from '../lib/provider-matrix.ts'

export interface HsmJoinOptions {
  /** File with the PIN of the security officer of the token that has the master keys. */
  soPinFile: string
  json?: boolean
}

/** Gives the empty one of the two tokens that the environment names the master keys of the other one; prints what was moved, and says it in the log. */
export async function hsmJoin({ soPinFile, json }: HsmJoinOptions): Promise<number> {
  const settings = tokenSettings(process.env, PREFIX)
  if (settings.twin === null || settings.token === null)
    throw wrong(`two tokens that are named, with ${PREFIX}TOKENS=2`, 'fewer')
  const securityOfficerPin = await pinIn(soPinFile)
  const log = benchLog()
  const tell = (text: string) => log.say(text, { kind: 'fact', party: 'hsm' })
  const joined = await withClosers(async (closers) => {
    const { path } = await closing(closers, temporaryFolder())
    const { access, twins } = await closing(closers, openTokenOf({ ...settings, provision: false }, path))
    const tokens = [access, ...twins]
    return joinGroup({ tokens, securityOfficerPin, clock: systemClock, tell })
  })
  process.stdout.write(json ? `${JSON.stringify(joined, null, 2)}\n` : `${lines(joined).join('\n')}\n`)
  return EXIT.done
}

function lines({ sponsor, newcomer, masters, transportKey }: Joined): string[] {
  return [
    `token "${newcomer}" holds the master keys of token "${sponsor}":`,
    `  storage key  check value ${masters.storage}`,
    `  seal key     check value ${masters.seal}`,
    `moved under an RSA key of "${newcomer}" that ended with it: SHA-256 ${transportKey}`,
  ]
}

async function pinIn(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '')
  } catch (error) {
    throw wrong(`the PIN of the security officer in ${file}`, `${(error as NodeJS.ErrnoException).code}`)
  }
}

function wrong(expected: string, came: string): HsmError {
  return new HsmError('CONFIGURATION_WRONG', `expected ${expected}, got ${came}`)
}
