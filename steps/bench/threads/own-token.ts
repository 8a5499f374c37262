import { join } from 'node:path'
import { type OpenedToken, openTokenOf } from '../../../hardware/hsm/providers/open-token.ts'
import { tokenSettings } from '../../../hardware/hsm/providers/settings.ts'
import { closing } from '../closer.ts'
import type { PartOptions } from './part-options.ts'

/** The token of a side's HSM, or the two of it: those that the environment names, else new ones in a folder of this name. */
export function openOwnToken(
  { profile, directory, closers }: Pick<PartOptions, 'profile' | 'directory' | 'closers'>,
  folder: string,
): Promise<OpenedToken> {
  const { module, tokens } = profile.hsm
  const chosen = {
    TAPBENCH_HSM_TOKENS: String(tokens),
    TAPBENCH_HSM_MODULE: module === 'softhsm2' ? '' : module,
  }
  // Keys in memory: each run issues its own cards, and onboards its own terminals.
  const settings = { ...tokenSettings({ ...process.env, ...chosen }, 'TAPBENCH_HSM_'), keys: null }
  return closing(closers, openTokenOf(settings, join(directory, folder)))
}

/** User PINs, to search outputs for. */
export function pinsOf({ access, twins }: OpenedToken): string[] {
  return [access, ...twins].map(({ pin }) => pin)
}
