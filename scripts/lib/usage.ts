import type { Command } from 'commander'

/** Lets a command and those below it say what they expected after what came; returns the command. */
export function expecting(command: Command): Command {
  command.showHelpAfterError(`expected ${expected(command)}`)
  for (const below of command.commands) expecting(below)
  return command
}

function expected({ commands, options, registeredArguments }: Command): string {
  if (commands.length > 0) return `one of: ${commands.map((command) => command.name()).join(', ')}`
  const words = registeredArguments.map((argument) =>
    argument.required ? argument.name() : `[${argument.name()}]`,
  )
  return [...words, ...options.map(({ flags }) => `[${flags}]`)].join(' ')
}
