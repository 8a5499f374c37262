import {
  type SignedConfiguration,
  signConfiguration,
} from '../../protocols/onboarding/signed-configuration.ts'
import { DEVICE_KEYS, type Device } from '../../simulators/pos/device/device.ts'
import { configure } from '../../simulators/pos/onboarding/configure.ts'
import type { Bench } from '../bench/bench.ts'
import { altering } from './testing/faulty-http.ts'

type Base64 = Record<keyof SignedConfiguration, string>

/** `former`: the first configuration that the terminal of the scenario got. */
type Forge = (
  sent: Base64,
  parties: { other: Device; bench: Bench; former: Base64 },
) => Promise<Base64> | Base64

/** What comes in place of a configuration, in the words of scenarios. Whoever forges has no key of the merchant ASE. */
export const FORGED_ANSWERS: Readonly<Record<string, Forge>> = {
  'with a flipped bit': (sent) => ({ ...sent, content: changed(sent.content, (byte) => byte ^ 1) }),
  'with a flipped bit in its signature': (sent) => ({
    ...sent,
    signature: changed(sent.signature, (byte) => byte ^ 1),
  }),
  'that another terminal signed': async (sent, { other }) => signedBy(other, sent),
  'of another terminal': (_, { bench, other }) => answerTo(bench, other),
  'that it had before': (_, { former }) => former,
}

/** What the merchant ASE answers when this device fetches its configuration. */
export async function answerTo(bench: Bench, device: Device): Promise<Base64> {
  const answers: Base64[] = []
  const http = altering(bench.terminals.http, '/configuration', (body) => {
    answers.push(body as Base64)
    return body
  })
  const outcome = await configure(device, bench.terminals.options({ http }))
  const [answer] = answers
  if (answer === undefined) throw new Error(`expected a configuration, got: ${JSON.stringify(outcome)}`)
  return answer
}

/** The byte in the middle. */
function changed(base64: string, change: (byte: number) => number): string {
  const bytes = Buffer.from(base64, 'base64')
  const at = Math.floor(bytes.length / 2)
  return Buffer.from(bytes.with(at, change(bytes[at] ?? 0))).toString('base64')
}

async function signedBy({ parts, registration }: Device, { content, crl }: Base64): Promise<Base64> {
  if (registration === null) throw new Error('expected an onboarded terminal')
  const sign = (data: Uint8Array) => parts.keyStore.sign(DEVICE_KEYS.signing, data)
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'))
  const signed = await signConfiguration(
    bytes(content),
    { certificate: registration.signing, sign },
    bytes(crl),
  )
  return Object.fromEntries(
    Object.entries(signed).map(([field, value]) => [field, Buffer.from(value).toString('base64')]),
  ) as Base64
}
