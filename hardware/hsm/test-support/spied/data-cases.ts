import { AES_DUKPT, aesWorkingKey } from '../../../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../../../protocols/dukpt/ksn.ts'
import { TDES_DUKPT, tdesWorkingKey } from '../../../../protocols/dukpt/tdes.ts'
import type { GenerateMac } from '../../hsm.ts'
import type { OperationName } from '../../requests.ts'
import { type Case, type Cases, each, newLabel, random } from './case.ts'
import type { SpiedHsm } from './spied-hsm.ts'

const MACS: readonly (readonly [GenerateMac['method'], key: string])[] = [
  ['aes-cmac', 'MAC aes-128'],
  ['aes-cmac', 'MAC aes-256'],
  ['tdes-cmac', 'MAC tdes-3'],
  ['hmac-sha256', 'MAC hmac-sha256'],
  ['retail, padding 1', 'MAC tdes-2'],
  ['retail, padding 2', 'MAC tdes-2'],
]
const CIPHERS = ['data aes-192', 'data tdes-2'] as const
const DUKPT = ['aes-128', 'aes-256', 'tdes-2'] as const
const PAIRS = ['ec-p256', 'ec-secp256k1', 'ed25519', 'rsa-2048'] as const
const COUNTER = 7

/** MACs, ciphers, signatures and data under DUKPT. */
export const DATA_CASES = {
  GenerateMac: macs(({ hsm }, args) => hsm.generateMac(args)),
  VerifyMac: macs(({ hsm }, args) => hsm.verifyMac({ ...args, mac: random(4) })),
  EncryptData: ciphers(({ hsm }, args) => hsm.encryptData(args)),
  DecryptData: ciphers(({ hsm }, args) => hsm.decryptData(args)),
  Sign: each(PAIRS, (algorithm) => async ({ hsm, unseen }) => {
    const label = newLabel()
    await unseen.generateKeyPair({ label, algorithm })
    await hsm.sign({ key: label, data: random(32) })
    return {}
  }),
  DeriveInitialKey: each(DUKPT, (algorithm) => async (spied) => {
    const { base, ksn, keys } = transactionOf(spied, algorithm)
    await spied.hsm.dukpt.deriveInitialKey({ label: newLabel(), base, ksn })
    return { keys }
  }),
  DukptDecrypt: {
    ...each(DUKPT, (algorithm) => async (spied) => {
      const { base, ksn, keys } = transactionOf(spied, algorithm)
      await spied.hsm.dukpt.decrypt({ key: base, ksn, iv: random(blockOf(algorithm)), data: random(32) })
      return { keys }
    }),
    'initial key of aes-128': async (spied) => {
      const { base, ksn, keys } = transactionOf(spied, 'aes-128')
      const key = newLabel()
      await spied.unseen.dukpt.deriveInitialKey({ label: key, base, ksn })
      await spied.hsm.dukpt.decrypt({ key, ksn, iv: random(16), data: random(32) })
      return { keys }
    },
  },
} satisfies Partial<Record<OperationName, Cases>>

function macs(action: (spied: SpiedHsm, args: GenerateMac) => Promise<unknown>): Cases {
  const cases = MACS.map(([method, key]): [string, Case] => [
    `${method}, ${key}`,
    async (spied) => {
      await action(spied, { key, method, data: random(48) })
      return {}
    },
  ])
  return Object.fromEntries(cases)
}

type CipherArgs = Parameters<SpiedHsm['hsm']['encryptData']>[0]

function ciphers(action: (spied: SpiedHsm, args: CipherArgs) => Promise<unknown>): Cases {
  return each(CIPHERS, (key) => async (spied) => {
    const iv = random(key.endsWith('tdes-2') ? 8 : 16)
    await action(spied, { key, mode: 'cbc', iv, data: random(48) })
    await action(spied, { key, mode: 'ecb', iv: null, data: random(48) })
    return {}
  })
}

function blockOf(algorithm: (typeof DUKPT)[number]): number {
  return algorithm === 'tdes-2' ? 8 : 16
}

/** A transaction of a device that nobody had before: its KSN, and the keys on the way to its data. */
function transactionOf(spied: SpiedHsm, algorithm: (typeof DUKPT)[number]) {
  const base = `DUKPT base ${algorithm}`
  const scheme = algorithm === 'tdes-2' ? TDES_DUKPT : AES_DUKPT
  // Of TDES the last 5 bits are the counter's.
  const id = random(8).map((byte, at) => (at === 7 ? byte & 0xe0 : byte))
  const ksn = { scheme, id, counter: COUNTER }
  const transaction = hostTransactionKey(spied.value(base), ksn)
  const working =
    algorithm === 'tdes-2'
      ? tdesWorkingKey(transaction, 'dataRequest')
      : aesWorkingKey(transaction, ksn, 'dataEncrypt', `AES${algorithm.slice(4)}` as 'AES128')
  const initial = scheme.initialKey(spied.value(base), id)
  return { base, ksn: ksnBytes(ksn), keys: { initial, transaction, working } }
}
