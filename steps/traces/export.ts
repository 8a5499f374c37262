import type { HrTime, SpanContext } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { spansOf, type TapSpan } from './spans.ts'

const SAMPLED = 1
const INTERNAL = 0
const UNSET = 0
const FAILED = 2

/** Base URL of whoever takes traces (OTLP over HTTP); undefined when nobody does. */
export function otlpEndpoint(): string | undefined {
  return process.env.OTEL_EXPORTER_OTLP_ENDPOINT || undefined
}

/** Sends the taps of a journal as traces to {@link otlpEndpoint}, if there is one. Gives what went wrong: a tap is none the worse for it. */
export async function exportTaps(entries: readonly JournalEntry[], beganUs: number): Promise<string | null> {
  try {
    await send(entries, beganUs)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function send(entries: readonly JournalEntry[], beganUs: number): Promise<void> {
  const endpoint = otlpEndpoint()
  const spans = endpoint === undefined ? [] : spansOf(entries, beganUs)
  if (endpoint === undefined || spans.length === 0) return
  // Loaded by those alone who want traces.
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http')
  const { resourceFromAttributes } = await import('@opentelemetry/resources')
  const resource = resourceFromAttributes({ 'service.name': 'tapbench' })
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: 5_000 })
  try {
    await new Promise<void>((resolve, reject) =>
      exporter.export(
        spans.map((span) => readable(span, resource)),
        ({ code, error }) =>
          code === 0
            ? resolve()
            : reject(new Error(`expected ${url} to take traces, got: ${error?.message}`)),
      ),
    )
  } finally {
    await exporter.shutdown()
  }
}

function readable(span: TapSpan, resource: ReadableSpan['resource']): ReadableSpan {
  const { traceId, spanId, parentId, name, beganUs, endedUs, failed, attributes } = span
  const context = (id: string): SpanContext => ({ traceId, spanId: id, traceFlags: SAMPLED })
  return {
    name,
    kind: INTERNAL,
    spanContext: () => context(spanId),
    ...(parentId === null ? {} : { parentSpanContext: context(parentId) }),
    startTime: timeOf(beganUs),
    endTime: timeOf(endedUs),
    duration: timeOf(endedUs - beganUs),
    status: { code: failed ? FAILED : UNSET },
    attributes,
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: { name: 'tapbench' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  }
}

/** Seconds and nanoseconds. */
function timeOf(us: number): HrTime {
  const seconds = Math.floor(us / 1e6)
  return [seconds, Math.round(us - seconds * 1e6) * 1_000]
}
