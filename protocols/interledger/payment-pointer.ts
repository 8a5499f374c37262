/** Text that is no wallet address, or no payment pointer. */
export class PaymentPointerError extends Error {
  override name = 'PaymentPointerError'
}

const WELL_KNOWN = '/.well-known/pay'

/**
 * `https://host/path` → `$host/path`; `https://host/.well-known/pay` and a bare host become `$host`. Throws {@link PaymentPointerError}
 * unless the address is https with neither port, user, query nor fragment (paymentpointers.org, "Payment Pointer Syntax").
 */
export function toPaymentPointer(url: string): string {
  const { host, pathname } = parseAddress(url, url)
  const path = pathname === WELL_KNOWN || pathname === '/' ? '' : pathname
  return `$${host}${path}`
}

/** `$host/path` → `https://host/path`; `$host` → `https://host/.well-known/pay`. Throws {@link PaymentPointerError}. */
export function fromPaymentPointer(pointer: string): string {
  if (!pointer.startsWith('$'))
    throw new PaymentPointerError(
      `expected a payment pointer such as $host/path, got "${pointer.slice(0, 80)}"`,
    )
  const { host, pathname } = parseAddress(`https://${pointer.slice(1)}`, pointer)
  return `https://${host}${pathname === '/' ? WELL_KNOWN : pathname}`
}

function parseAddress(text: string, given: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  // The parser would repair blanks, backslashes, dots and default ports: what it changes was no address.
  const unchanged = url !== undefined && [url.href, url.origin].includes(lowerHost(text))
  if (
    !unchanged ||
    url.protocol !== 'https:' ||
    `${url.port}${url.username}${url.password}` !== '' ||
    /[?#]/.test(text)
  )
    throw new PaymentPointerError(
      `expected https://host/path, or $host/path, without port, user, query or fragment, got "${given.slice(0, 80)}"`,
    )
  return url
}

function lowerHost(text: string): string {
  return text.replace(/^https:\/\/[^/]*/i, (origin) => origin.toLowerCase())
}
