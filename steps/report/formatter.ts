import type { FormatterPlugin } from '@cucumber/cucumber/api'
import { page } from './html/page.ts'
import { RunReader } from './run/reader.ts'

/** Formatter for cucumber: writes the run's HTML report when the run has ended. */
export default {
  type: 'formatter',
  formatter({ on, write }) {
    const reader = new RunReader()
    on('message', (message) => reader.take(message))
    return () => write(page(reader.run()))
  },
} satisfies FormatterPlugin
