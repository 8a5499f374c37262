import type { Line } from '../../../protocols/emv/describe.ts'
import type { Detail } from '../rows/row.ts'
import { type Html, html } from './html.ts'

type Blocks = { readonly [F in Detail['form']]: (detail: Extract<Detail, { form: F }>) => Html }

const BLOCKS: Blocks = {
  decoded: ({ raw, lines }) =>
    html`${raw !== null && html`<code class="raw">${spaced(raw)}</code>`}${
      lines.length > 0 && html`<ul class="decoded">${lines.map(decodedLine)}</ul>`
    }`,
  pairs: ({ pairs }) =>
    html`<dl>${pairs.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`,
  json: ({ value }) => html`<pre>${jsonLines(value)}</pre>`,
}

/** Something to look into, under its title. */
export function detailBlock(detail: Detail): Html {
  return html`<div class="block ${detail.form}"><h4>${detail.title}</h4>${draw(detail)}</div>`
}

function draw<F extends Detail['form']>(detail: Extract<Detail, { form: F }>): Html {
  return BLOCKS[detail.form as F](detail)
}

function decodedLine({ depth, name, hex, meaning }: Line): Html {
  return html`<li><span class="label" style="--depth:${depth}">${name}</span>
<span>${meaning !== null && html`<b>${meaning}</b> `}${hex !== '' && html`<code>${spaced(hex)}</code>`}</span></li>`
}

/** Hexadecimal in pairs, so that it may break at the end of a line and be counted. */
function spaced(hex: string): string {
  return hex.replace(/[0-9A-Fa-f*]{2}(?=[0-9A-Fa-f*])/g, '$& ')
}

function jsonLines(value: unknown): Html[] {
  const text = typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '')
  return text.split('\n').map((line) => html`${jsonLine(line)}\n`)
}

function jsonLine(line: string): Html {
  const [, indent, name, rest] = /^(\s*)("(?:[^"\\]|\\.)*"):(.*)$/.exec(line) ?? []
  return name === undefined ? html`${line}` : html`${indent}<b>${name}</b>:${rest}`
}
