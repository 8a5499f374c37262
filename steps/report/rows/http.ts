import { decodedData } from './apdu.ts'
import { at, essentialsOf } from './essentials.ts'
import { ilpPackets } from './ilp.ts'
import type { Content, Detail, Event } from './row.ts'

export function httpRow(entry: Event<'http'>): Content {
  // Signed requests are handed over as the text that was signed; it is JSON all the same.
  const event = { ...entry, requestBody: parsed(entry.requestBody) }
  const { from, to, method, url, status, error, requestBody, responseBody } = event
  const { asked, answered } = ilpPackets(entry)
  return {
    from,
    to,
    what: [method, shortUrl(url), asked ?? operationName(requestBody)].filter(Boolean).join(' '),
    result: status === null ? (error ?? 'no answer') : [status, answered].filter(Boolean).join(' '),
    mood: status === null || status >= 400 || isRefusal(answered, responseBody) ? 'bad' : 'good',
    gist: [...new Set([...essentialsOf(requestBody), ...essentialsOf(responseBody)])],
    details: detailsOf(event),
  }
}

// GraphQL and ILP refuse with a status of 200.
function isRefusal(packet: string | null, body: unknown): boolean {
  return packet === 'ILP REJECT' || at(body, 'errors') !== undefined
}

function detailsOf(event: Event<'http'>): Detail[] {
  const { method, url, status, error, requestHeaders, requestBody, responseBody } = event
  return [
    {
      form: 'pairs',
      title: 'Request',
      pairs: [[method, url], ...Object.entries(requestHeaders)],
    },
    ...bodyOf('Request body', requestBody),
    ...payloadOf(requestBody),
    ...bodyOf(status === null ? 'No answer' : `Answer ${status}`, error ?? responseBody),
  ]
}

function bodyOf(title: string, body: unknown): Detail[] {
  return body === null || body === undefined || body === '' ? [] : [{ form: 'json', title, value: body }]
}

/** The card's payload in a payment request: the template 77 in hexadecimal, a PIN block in it as `*`. */
function payloadOf(body: unknown): Detail[] {
  const payload = at(body, 'payload')
  return typeof payload === 'string' && /^77([0-9A-F]{2}|\*\*)+$/i.test(payload)
    ? [decodedData('Payload', payload)]
    : []
}

function parsed(body: unknown): unknown {
  if (typeof body !== 'string') return body
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

// A loopback address says nothing: the party does. A name does, when it is a wallet address. Of an identifier the start will do.
function shortUrl(url: string): string {
  if (!URL.canParse(url)) return url
  const { hostname, pathname, search } = new URL(url)
  const path = `${pathname}${search}`.replace(/([0-9a-f]{8})(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi, '$1…')
  return /^(127\.|localhost$|\[::1\])/.test(hostname) ? path : `${hostname}${path}`
}

/** The operation of a GraphQL request: its name, or else the first field it asks for. */
function operationName(body: unknown): string | null {
  const query = at(body, 'query')
  if (typeof query !== 'string') return null
  const [, named, field] =
    /^\s*(?:(?:query|mutation)\s*(\w+)?\s*(?:\([^)]*\))?\s*)?\{\s*(\w+)/.exec(query) ?? []
  return field ?? named ?? null
}
