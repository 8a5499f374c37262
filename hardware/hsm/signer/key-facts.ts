import type { SecretAlgorithm } from '../hierarchy/algorithms.ts'
import { familyOf } from '../hierarchy/algorithms.ts'
import { call } from './cryptoki.ts'
import { kcvOf } from './kcv.ts'
import { formOf } from './key-forms.ts'
import { destroying } from './objects.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'
import { leaving } from './templates.ts'

const SECRETS = ['aes-128', 'aes-192', 'aes-256', 'tdes-2', 'tdes-3', 'hmac-sha256'] as const

/** The check value that the key really has: made anew from what lies under its blob, whatever its record says. */
export const generateKcv: Operation<{ readonly key: string }, string> = {
  variant: ({ key }, signer) => {
    const family = familyOf(signer.ring.expect(key, SECRETS)) as 'aes' | 'tdes' | 'hmac'
    return `GenerateKcv ${family}`
  },
  inToken: ({ ring, masters, token, capabilities }: Signer, { key }) => {
    const sealed = ring.sealed(key)
    const { record } = sealed
    return call(`the token to check key "${key}"`, () => {
      // The key in use may not do what its check value needs.
      const handle = masters.unwrap(sealed, leaving(formOf(capabilities, record.algorithm)))
      return destroying(token, [handle], () => kcvOf(token, handle, record.algorithm as SecretAlgorithm))
    })
  },
}
