import { redactPayload } from '../../protocols/interledger/payload.ts'

/**
 * Fields of bodies on these wires whose values are keys or PIN data: STREAM secrets of Open Payments, tokens of ILP peers, codes by which
 * merchants admit terminals, secrets of Rafiki's tenants, enciphered PIN
 * blocks.
 */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'sharedSecret',
  'authToken',
  'authTokens',
  'activationCode',
  'apiSecret',
  'idpSecret',
  'pinBlock',
])

/** What a terminal signs goes out as the text that it is; a PIN block can be only here in it. */
const PIN_BLOCK_IN_TEXT = /("pinBlock":")[^"]*/g

/**
 * A body as the journal may hold it: the values of secret fields are `…`, at any depth, and card data (`payload`) are without their PIN
 * block. Bodies without any come back as they are.
 */
export function withoutSecrets(body: unknown): unknown {
  if (typeof body === 'string') return body.replace(PIN_BLOCK_IN_TEXT, '$1…')
  if (typeof body !== 'object' || body === null) return body
  if (Array.isArray(body)) return changed(body, body.map(withoutSecrets))
  const entries = Object.entries(body)
  const kept = entries.map(([name, value]) => withoutSecret(name, value))
  return entries.every(([, value], index) => value === kept[index])
    ? body
    : Object.fromEntries(entries.map(([name], index) => [name, kept[index]]))
}

function withoutSecret(name: string, value: unknown): unknown {
  if (SECRET_FIELDS.has(name)) return '…'
  return name === 'payload' && typeof value === 'string' ? redactPayload(value) : withoutSecrets(value)
}

function changed(before: unknown[], after: unknown[]): unknown[] {
  return before.every((item, index) => item === after[index]) ? before : after
}
