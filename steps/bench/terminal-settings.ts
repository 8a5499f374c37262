import { readCaKeys } from '../../simulators/pos/emv/ca-keys.ts'
import { readTerminalFile } from '../../simulators/pos/profile.ts'

/**
 * Settings as the merchant ASE's people send them: a terminal profile, by name or path, without name and wallets, its keys in place of
 * their files' names.
 */
export async function terminalSettings(nameOrPath: string): Promise<Record<string, unknown>> {
  const { value } = await readTerminalFile(nameOrPath)
  const { id: _, wallets: __, ...settings } = value as Record<string, unknown>
  const emv = settings.emv as { caKeys?: string[] } | undefined
  if (emv === undefined) return settings
  const files = await Promise.all((emv.caKeys ?? ['ca-keys']).map(readCaKeys))
  return { ...settings, emv: { ...emv, caKeys: files.flat() } }
}
