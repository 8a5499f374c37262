import { main } from './lib/command-line.ts'

// Who reads a pipe may stop before all was said.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

// Not process.exit: a pipe may still hold half of a JSON document.
process.exitCode = await main(process.argv.slice(2), (text) => process.stderr.write(text))
