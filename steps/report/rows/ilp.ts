import type { Event } from './row.ts'

/** Interledger RFC 27: packets begin with their type. */
const PACKETS: Readonly<Record<string, string>> = {
  '0C': 'ILP PREPARE',
  '0D': 'ILP FULFILL',
  '0E': 'ILP REJECT',
}

/** The packets of a call of ILP over HTTP (Interledger RFC 35): what was asked and what came back; nulls for any other call. */
export function ilpPackets({ requestHeaders, requestBody, responseBody }: Event<'http'>): {
  asked: string | null
  answered: string | null
} {
  if (requestHeaders['content-type'] !== 'application/octet-stream') return { asked: null, answered: null }
  return { asked: packet(requestBody), answered: packet(responseBody) }
}

function packet(body: unknown): string | null {
  return typeof body === 'string' ? (PACKETS[body.slice(0, 2)] ?? null) : null
}
