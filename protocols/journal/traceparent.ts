/** Header by which a tap's id goes from party to party (W3C Trace Context, 3.2). */
export const TRACEPARENT = 'traceparent'

const FORM = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}$/
const NOTHING = /^0+$/

/** The 16 hexadecimal digits by which the tap itself is known as a span: the last of its id. */
export function rootSpanOf(id: string): string {
  return hexOf(id).slice(16)
}

/** The 32 hexadecimal digits of a tap's id, a UUID, as trace id. */
export function traceIdOf(id: string): string {
  return hexOf(id)
}

/** Value of the header: version 00, sampled. */
export function traceparentOf(id: string): string {
  return `00-${traceIdOf(id)}-${rootSpanOf(id)}-01`
}

/** The trace id of a header, as text of a UUID; null for a header that is missing, doubled or wrong (W3C Trace Context, 3.2.2.3). */
export function readTraceparent(header: string | readonly string[] | undefined): string | null {
  const [, trace = '', span = ''] = FORM.exec(String(header ?? '')) ?? []
  if (trace === '' || NOTHING.test(trace) || NOTHING.test(span)) return null
  return trace.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function hexOf(id: string): string {
  return id.replaceAll('-', '').toLowerCase()
}
