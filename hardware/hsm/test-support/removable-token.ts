import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { compile } from '../../pcsc/compile.ts'
import type { TokenAccess } from '../access.ts'

const SOURCE = join(import.meta.dirname, 'removable.c')

/** A token that can be pulled out and plugged in again: a module of its own stands in front of the token's (`removable.c`). */
export class RemovableToken implements TokenAccess {
  readonly module: string
  readonly tokenLabel: string
  readonly environment: Readonly<Record<string, string>>
  readonly #token: TokenAccess
  readonly #flag: string

  private constructor(token: TokenAccess, module: string, flag: string) {
    this.#token = token
    this.#flag = flag
    this.module = module
    this.tokenLabel = token.tokenLabel ?? ''
    const behind = { TAPBENCH_REMOVABLE_MODULE: token.module, TAPBENCH_PULLED: flag }
    this.environment = { ...token.environment, ...behind }
  }

  /** `token`: with a label; `directory`: of its own. Throws when there is no C compiler. */
  static async of(token: TokenAccess, directory: string, cacheDirectory: string): Promise<RemovableToken> {
    const flags = ['-shared', '-fPIC', '-ldl']
    const module = await compile({ source: SOURCE, flags, cacheDirectory })
    return new RemovableToken(token, module, join(directory, `pulled ${token.tokenLabel}`))
  }

  get pin(): string {
    return this.#token.pin
  }

  /** From now on there is no token in its slot, also for those who work with it. */
  async pullOut(): Promise<void> {
    await writeFile(this.#flag, '')
  }

  async plugIn(): Promise<void> {
    await rm(this.#flag, { force: true })
  }
}
