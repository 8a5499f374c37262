import { plain } from '../plain.ts'

/** Markup that is safe to write as it stands. Only {@link html} and {@link trusted} make it. */
export class Html {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

export type Part = Html | string | number | null | undefined | false | readonly Part[]

/** Markup of a template: everything put into it is escaped, unless it is markup itself; lists are joined, nothing is left out. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, next, index) => text + write(parts[index - 1]) + next))
}

/** Takes this project's own files (styles, script) as markup. */
export function trusted(text: string): Html {
  return new Html(text)
}

function write(part: Part): string {
  if (part === null || part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'object') return part.map(write).join('')
  return escaped(String(part))
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escaped(text: string): string {
  const marked = text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
  return marked.replace(/[^\n\t]+/g, plain)
}
