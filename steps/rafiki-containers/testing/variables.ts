import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openEnvFile } from '../env-file.ts'
import type { Variables } from '../variables.ts'

/** Variables as a first use makes them, with secrets that are easy to see. */
export function testVariables(): Variables {
  const folder = mkdtempSync(join(tmpdir(), 'tb-env-'))
  let turn = 0
  try {
    return openEnvFile(join(folder, 'rafiki.env'), {}, (length) => new Uint8Array(length).fill(++turn))
  } finally {
    rmSync(folder, { recursive: true })
  }
}
