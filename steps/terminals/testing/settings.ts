import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'

/** Settings as the merchant ASE's people would send them: a terminal profile without name and wallets, its keys in place of their files' names. */
export async function settingsOf(profile: string): Promise<Record<string, unknown>> {
  const { id: _, wallets: __, ...settings } = await fixture(`terminals/${profile}`)
  const emv = settings.emv as { caKeys?: string[] } | undefined
  if (emv === undefined) return settings
  const files = await Promise.all((emv.caKeys ?? ['ca-keys']).map(fixture))
  return { ...settings, emv: { ...emv, caKeys: files.flatMap(({ caKeys }) => caKeys as unknown[]) } }
}

async function fixture(name: string): Promise<Record<string, unknown>> {
  const text = await readFile(new URL(`../../../fixtures/${name}.yaml`, import.meta.url), 'utf8')
  return parse(text, { merge: true })
}
