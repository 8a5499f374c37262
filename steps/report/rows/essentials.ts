/** How a value of a body is written in one piece. */
type Write = (value: unknown) => string

/** The members of known bodies that tell what happened, in reading order: path, label, form. */
const ESSENTIALS: readonly (readonly [path: string, label: string, write?: Write])[] = [
  ['outcome', ''],
  ['decision', ''],
  ['result.code', ''],
  ['error.code', ''],
  ['error.description', ''],
  ['errors.0.message', ''],
  ['code', ''],
  ['reason', ''],
  ['amount', '', money],
  ['incomingAmount', '', money],
  ['receivedAmount', 'received', money],
  ['data.state', ''],
  ['data.receiveAmount', '', money],
  ['data.debitAmount', 'debit', money],
  ['data.receivedAmount', 'received', money],
  ['senderWalletAddress', 'from', address],
  ['receiverWalletAddress', 'to', address],
]

/** The essential members of a JSON body, each as a short piece. */
export function essentialsOf(body: unknown): string[] {
  return ESSENTIALS.flatMap(([path, label, write = text]) => {
    const value = at(body, path)
    if (value === undefined || value === null) return []
    return [`${label} ${write(value)}`.trim()]
  })
}

/** The member of `value` at a path of names and indices, undefined when any of them is missing. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (member, name) =>
        typeof member === 'object' && member !== null ? (member as Record<string, unknown>)[name] : undefined,
      value,
    )
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function address(value: unknown): string {
  return text(value).replace(/^https:\/\//, '')
}

/** Open Payments' amount in major units: `12.50 EUR`. */
function money(value: unknown): string {
  const digits = String(at(value, 'value') ?? '')
  const scale = Number(at(value, 'assetScale'))
  const code = at(value, 'assetCode')
  if (!/^\d+$/.test(digits) || !(scale >= 0 && scale <= 255) || typeof code !== 'string') return text(value)
  const padded = digits.padStart(scale + 1, '0')
  const major = padded.slice(0, padded.length - scale)
  return scale === 0 ? `${major} ${code}` : `${major}.${padded.slice(-scale)} ${code}`
}
