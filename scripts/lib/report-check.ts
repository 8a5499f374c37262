import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { findSecrets, type Secret } from '../../steps/report/secrets.ts'

/** What a run writes into its report folder. */
export const REPORT_FILES = { html: 'report.html', junit: 'junit.xml', messages: 'messages.ndjson' } as const

/** Looks for secrets in all that a run has written; a line for each that was found, which does not repeat it. */
export async function checkReports(folder: string, secrets: readonly Secret[]): Promise<string[]> {
  const lines: string[] = []
  for (const name of Object.values(REPORT_FILES)) {
    const file = join(folder, name)
    const findings = findSecrets(await readFile(file), secrets)
    lines.push(
      ...findings.map(
        (found) => `${file}: expected no secret, got: ${found.name} as ${found.form} at byte ${found.offset}`,
      ),
    )
  }
  return lines
}
