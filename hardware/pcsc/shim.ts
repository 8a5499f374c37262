import { join } from 'node:path'
import { compile } from './compile.ts'

const SOURCE = join(import.meta.dirname, 'shim.c')

/** Path of the compiled `shim.c`, for LD_PRELOAD. Throws `ReaderError` when it cannot be compiled. */
export function compileShim(cacheDirectory: string, compiler?: string): Promise<string> {
  const flags = ['-shared', '-fPIC', '-ldl']
  return compile({ source: SOURCE, flags, cacheDirectory, ...(compiler === undefined ? {} : { compiler }) })
}
