import { readFileSync } from 'node:fs'
import type { Run } from '../run/run.ts'
import { featureSection } from './feature.ts'
import { html, trusted } from './html.ts'
import { summary } from './summary.ts'

/** The report of a run: one HTML document that needs no other file and no network. */
export function page(run: Run): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>${title(run)}</title>
<style>${own('report.css')}</style>
</head>
<body>
${summary(run)}
<main>
${toolbar}
${run.features.map(featureSection)}
</main>
<script>${own('report.js')}</script>
</body>
</html>
`.text
}

function title(run: Run): string {
  const scenarios = run.features.flatMap((feature) => feature.scenarios)
  const failed = scenarios.filter(({ verdict }) => verdict === 'failed').length
  return `Tapbench: ${failed === 0 ? 'all good' : `${failed} failed`}, ${scenarios.length} scenarios`
}

const own = (name: string) => trusted(readFileSync(new URL(name, import.meta.url), 'utf8'))

const toolbar = html`<div class="toolbar" role="toolbar" aria-label="Scenarios">
<button type="button" data-show="all" aria-pressed="true">All</button>
<button type="button" data-show="failed" aria-pressed="false">Failed</button>
<button type="button" data-show="passed" aria-pressed="false">Passed</button>
<button type="button" data-show="skipped" aria-pressed="false">Skipped</button>
<input type="search" placeholder="Search scenarios and traces" aria-label="Search scenarios and traces">
<span class="spring"></span>
<button type="button" data-fold="open">Open all</button>
<button type="button" data-fold="close">Close all</button>
</div>`
