import { createPublicKey, type KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { parse } from 'yaml'
import { z } from 'zod'
import { wallets } from './merchants/wallet.ts'
import type { Registry } from './registry.ts'

const publicKey = z.string().transform((pem, context): KeyObject => {
  try {
    return createPublicKey(pem)
  } catch {
    context.addIssue({ code: 'custom', message: 'expected a public key in PEM' })
    return z.NEVER
  }
})

const merchantsFile = z.strictObject({
  merchants: z.array(z.strictObject({ id: z.string(), name: z.string(), wallets })),
  terminals: z.array(z.strictObject({ id: z.string(), merchantId: z.string(), publicKey })),
})

/** Registers what a YAML file lists. Throws an error that names the file and each key that is wrong. */
export async function registerFromFile(
  registry: Pick<Registry, 'registerMerchant' | 'registerTerminal'>,
  path: string,
): Promise<void> {
  const read = merchantsFile.safeParse(parse(await readFile(path, 'utf8')))
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    throw new Error(`${path}: ${faults.join('; ')}`)
  }
  for (const merchant of read.data.merchants) await registry.registerMerchant(merchant)
  for (const terminal of read.data.terminals) await registry.registerTerminal(terminal)
}
