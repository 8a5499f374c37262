// Of each service: what a scenario of seconds needs, not a report of megabytes.
const LINES = 40

/** The last lines of each service that wrote any, one service after the other; null when none did. */
export function excerptOf(logs: Readonly<Record<string, string>>): string | null {
  const parts = Object.entries(logs).flatMap(([service, text]) => {
    const lines = text.trimEnd().split('\n')
    if (text.trim() === '') return []
    const left = Math.max(0, lines.length - LINES)
    const head = left > 0 ? `${service} (${left} lines before):` : `${service}:`
    return [[head, ...lines.slice(-LINES)].join('\n')]
  })
  return parts.length > 0 ? parts.join('\n\n') : null
}
