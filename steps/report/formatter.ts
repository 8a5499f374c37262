import type { FormatterPlugin } from '@cucumber/cucumber/api'
import { page } from './html/page.ts'
import { RunReader } from './run/reader.ts'

/**
 * Formatter for cucumber: writes the run's HTML report when the run has ended. In cucumber's configuration:
 * `format: [['./steps/report/formatter.ts', 'reports/report.html'], ['junit', 'reports/junit.xml'], ['message', 'reports/messages.ndjson']]`.
 *
 * Hooks tell it more: the journal of a scenario is an attachment of `JOURNAL_MEDIA_TYPE`, what the bench is (profile, transport,
 * versions) one of `BENCH_MEDIA_TYPE`; a hook that skips a scenario logs the reason first.
 */
export default {
  type: 'formatter',
  formatter({ on, write }) {
    const reader = new RunReader()
    on('message', (message) => reader.take(message))
    return () => write(page(reader.run()))
  },
} satisfies FormatterPlugin
