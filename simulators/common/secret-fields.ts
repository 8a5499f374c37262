/**
 * Fields of bodies on these wires whose values are keys: STREAM secrets of Open Payments, tokens of ILP peers, codes by which merchants admit terminals, secrets
 * of Rafiki's tenants. */
const SECRET_FIELDS: ReadonlySet<string> = new Set([
  'sharedSecret',
  'authToken',
  'authTokens',
  'activationCode',
  'apiSecret',
  'idpSecret',
])

/** A body as the journal may hold it: the values of secret fields are `…`, at any depth. Bodies without any come back as they are. */
export function withoutSecrets(body: unknown): unknown {
  if (typeof body !== 'object' || body === null) return body
  if (Array.isArray(body)) return changed(body, body.map(withoutSecrets))
  const entries = Object.entries(body)
  const kept = entries.map(([name, value]) => (SECRET_FIELDS.has(name) ? '…' : withoutSecrets(value)))
  return entries.every(([, value], index) => value === kept[index])
    ? body
    : Object.fromEntries(entries.map(([name], index) => [name, kept[index]]))
}

function changed(before: unknown[], after: unknown[]): unknown[] {
  return before.every((item, index) => item === after[index]) ? before : after
}
