import { wrapKey } from '../../../../protocols/keyblock/tr31/key-block.ts'
import { xor } from '../../../../protocols/mac/xor.ts'
import type { PairAlgorithm, SecretAlgorithm } from '../../hierarchy/algorithms.ts'
import type { KeyUsage } from '../../hierarchy/usages.ts'
import type { OperationName } from '../../requests.ts'
import { type Case, type Cases, each, newLabel, random } from './case.ts'
import type { SpiedHsm } from './spied-hsm.ts'

const PAIRS: readonly PairAlgorithm[] = ['ec-p256', 'ec-secp256k1', 'ed25519', 'rsa-2048']
const IMPORTED = ['aes-128', 'tdes-3', 'hmac-sha256'] as const
const ZONE_MASTER = 'zone master aes-256'
const PIN_WORKING = 'PIN working tdes-2'
const HEADER = {
  version: 'D',
  usage: 'P0',
  algorithm: 'A',
  mode: 'B',
  keyVersion: '00',
  exportability: 'E',
  context: '0',
  optionalBlocks: [],
} as const

/** Keys that are made, come, go and are renewed. What is made in the token is looked for by the test itself. */
export const KEY_CASES = {
  GenerateKey: {
    ...each(['aes-128', 'aes-192', 'aes-256', 'tdes-2', 'tdes-3'], (algorithm) => made('data', algorithm)),
    'tdes-2 for retail MACs': made('MAC', 'tdes-2'),
    'hmac-sha256': made('MAC', 'hmac-sha256'),
  },
  GenerateKeyPair: each(PAIRS, (algorithm) => async ({ hsm }) => {
    await hsm.generateKeyPair({ label: newLabel(), algorithm })
    return {}
  }),
  GenerateBdk: each(['aes-256', 'tdes-2'], (algorithm) => async ({ hsm }) => {
    await hsm.dukpt.generateBdk({ label: newLabel(), algorithm })
    return {}
  }),
  GeneratePwk: each(['aes-128', 'tdes-2'], (algorithm) => async ({ hsm }) => {
    await hsm.exchange.generatePwk({ label: newLabel(), algorithm })
    return {}
  }),
  GenerateZmk: each(['aes-256', 'tdes-3'], (algorithm) => async ({ hsm }) => {
    await hsm.exchange.generateZmk({ label: newLabel(), algorithm })
    return {}
  }),
  ImportKey: each(IMPORTED, (algorithm) => async (spied) => {
    const value = spied.value(`MAC ${algorithm}`)
    await spied.hsm.importKey({ label: newLabel(), usage: 'MAC', algorithm, value })
    return {}
  }),
  ImportZmk: {
    'two components': async (spied) => {
      const value = spied.value(ZONE_MASTER)
      const components = [random(value.length)]
      components.push(components.reduce(xor, value))
      const kcv = await spied.unseen.generateKcv(ZONE_MASTER)
      await spied.hsm.exchange.importZmk({ label: newLabel(), algorithm: 'aes-256', components, kcv })
      return {}
    },
  },
  ImportPublicKey: {
    'ec-p256': async ({ hsm, unseen }) => {
      const { publicKey } = await unseen.generateKeyPair({ label: newLabel(), algorithm: 'ec-p256' })
      await hsm.interledger.importCardKey({ label: newLabel(), algorithm: 'ec-p256', publicKey })
      return {}
    },
  },
  GenerateKcv: each(
    ['MAC aes-256', 'MAC tdes-2', 'MAC tdes-3', 'MAC hmac-sha256'],
    (key) =>
      async ({ hsm }) => {
        await hsm.generateKcv(key)
        return {}
      },
  ),
  RenewKey: {
    ...each(['aes-256', 'tdes-2', 'tdes-3'], (algorithm) => async ({ hsm, unseen }) => {
      const label = newLabel()
      await unseen.generateKey({ label, usage: 'MAC', algorithm })
      await hsm.renewKey({ label })
      return {}
    }),
    'key pair': async ({ hsm, unseen }) => {
      const label = newLabel()
      await unseen.generateKeyPair({ label, algorithm: 'ec-p256' })
      await hsm.renewKey({ label })
      return {}
    },
  },
  ExportWorkingKey: {
    'version D': exported(ZONE_MASTER, 'D'),
    'version B': exported('zone master tdes-3', 'B'),
  },
  ImportWorkingKey: {
    'version D': async (spied) => {
      const block = wrapKey(spied.value(ZONE_MASTER), HEADER, random(16), random)
      await spied.hsm.exchange.importWorkingKey({
        label: newLabel(),
        usage: 'PIN working',
        zoneMaster: ZONE_MASTER,
        block,
      })
      return {}
    },
  },
  TranslateKey: {
    'version D to E': async (spied) => {
      const block = wrapKey(spied.value(ZONE_MASTER), HEADER, random(16), random)
      await spied.hsm.exchange.translateKey({ from: ZONE_MASTER, to: ZONE_MASTER, block, version: 'E' })
      return {}
    },
  },
} satisfies Partial<Record<OperationName, Cases>>

function made(usage: KeyUsage, algorithm: SecretAlgorithm): Case {
  return async ({ hsm }) => {
    await hsm.generateKey({ label: newLabel(), usage, algorithm })
    return {}
  }
}

function exported(zoneMaster: string, version: 'B' | 'D'): Case {
  return async ({ hsm }: SpiedHsm) => {
    await hsm.exchange.exportWorkingKey({ key: PIN_WORKING, zoneMaster, version })
    return {}
  }
}
