import { isSecret, VARIABLE_NAMES, type Variables } from './variables.ts'

// Rafiki writes the time so; any other number of so many digits could be a card's.
const MILLISECONDS = /(?<="time":)\d{13}\b/g
const LONG_NUMBER = /\b\d{13,19}\b/g

/** A container's text in which no value of a secret variable stands, as it is or as part of a URL, nor a number as long as a PAN. */
export function redacted(text: string, variables: Variables): string {
  const named = VARIABLE_NAMES.filter(isSecret).flatMap((name) =>
    [variables[name], encodeURIComponent(variables[name])].map((secret) => [secret, `<${name}>`] as const),
  )
  const cleaned = named.reduce((part, [secret, instead]) => part.replaceAll(secret, instead), text)
  return cleaned
    .replace(MILLISECONDS, (time) => `"${new Date(Number(time)).toISOString()}"`)
    .replace(LONG_NUMBER, (digits) => `<${digits.length} digits>`)
}
