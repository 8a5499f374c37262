import assert from 'node:assert/strict'
import { test } from 'node:test'
import { html, trusted } from './html.ts'

const CASES: [name: string, made: { text: string }, text: string][] = [
  [
    'text is escaped',
    html`<p>${'<script>alert("1 & \'2\'")</script>'}</p>`,
    '<p>&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;</p>',
  ],
  ['attributes cannot be left', html`<a title="${'" onclick="x'}">`, '<a title="&quot; onclick=&quot;x">'],
  ['markup is not escaped twice', html`<ul>${html`<li>${'&'}</li>`}</ul>`, '<ul><li>&amp;</li></ul>'],
  ['lists are joined', html`${['a', html`<b>b</b>`, ['<']]}`, 'a<b>b</b>&lt;'],
  ['nothing is written for nothing', html`[${null}${undefined}${false}${0}]`, '[0]'],
  ['own files are taken as they are', html`${trusted('a > b')}`, 'a > b'],
  ['line ends and tabs stay', html`${'a\n\tb'}`, 'a\n\tb'],
  ['control characters are shown', html`${'a\u0000\u001b[31m'}`, 'a\\u{0}\\u{1b}[31m'],
  ['turned text is shown', html`${'pay \u202e00.1'}`, 'pay \\u{202e}00.1'],
]

for (const [name, made, text] of CASES) test(`html: ${name}`, () => assert.equal(made.text, text))
