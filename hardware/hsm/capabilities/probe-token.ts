import type { Clock } from '../../../protocols/clock/clock.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import type { TokenAccess } from '../access.ts'
import { SignerProcess } from '../signer-process.ts'
import type { Capabilities } from './features.ts'

/** What a token can do, tried in a process of its own; it needs no master keys, and is left as it was. Throws HsmError. */
export async function probeToken(access: TokenAccess, clock: Clock = systemClock): Promise<Capabilities> {
  return SignerProcess.probe(access, clock)
}
