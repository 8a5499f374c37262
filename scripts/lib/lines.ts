import type { Line } from '../../protocols/emv/describe.ts'

/** One line of something decoded as the command line prints it, indented, with its line break. */
export function lineText({ depth, name, hex, meaning }: Line): string {
  const words = [name, hex, meaning].filter((part) => part !== null && part !== '').join('  ')
  return `${'  '.repeat(depth)}${words}\n`
}
