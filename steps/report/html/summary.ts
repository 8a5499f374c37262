import type { Run, Scenario, Verdict } from '../run/run.ts'
import { duration } from '../units.ts'
import { type Html, html, type Part } from './html.ts'
import { matrix } from './matrix.ts'
import { mark } from './verdict.ts'

const VERDICTS: readonly Verdict[] = ['passed', 'failed', 'skipped']

/** The head of the report: figures, what the bench was, what failed, what was skipped and why. */
export function summary(run: Run): Html {
  const scenarios = run.features.flatMap((feature) => feature.scenarios)
  const of = (verdict: Verdict) => scenarios.filter((scenario) => scenario.verdict === verdict)
  return html`<header>
<h1>Tapbench <span>test report</span></h1>
${figures(run, of, scenarios.length)}
${problems(run.problems)}
${listed('failed', 'What failed', of('failed'))}
${listed('skipped', 'What was skipped, and why', of('skipped'))}
${weaknesses(scenarios)}
<h2>Bench</h2>
<dl class="facts">${facts(run).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
${matrix(run.hsm)}
</header>`
}

function figures(run: Run, of: (verdict: Verdict) => Scenario[], total: number): Html {
  return html`<ul class="figures">
${VERDICTS.map((verdict) => html`<li class="${verdict}"><b>${of(verdict).length}</b> ${verdict}</li>`)}
<li><b>${total}</b> ${total === 1 ? 'scenario' : 'scenarios'}</li>
<li><b>${run.us === null ? 'cut off' : duration(run.us)}</b> ${run.us === null ? 'before its end' : 'in all'}</li>
</ul>
<div class="bar" aria-hidden="true">${VERDICTS.map(
    (verdict) => html`<i class="${verdict}" style="flex-grow:${of(verdict).length}"></i>`,
  )}</div>`
}

function problems(texts: readonly string[]): Part {
  return (
    texts.length > 0 &&
    html`<section class="problems"><h2>What broke around the scenarios</h2>
${texts.map((text) => html`<pre class="message">${text}</pre>`)}</section>`
  )
}

function listed(verdict: Verdict, heading: string, scenarios: readonly Scenario[]): Part {
  return (
    scenarios.length > 0 &&
    html`<section><h2>${heading}</h2><ul class="listed">${scenarios.map(
      ({ id, name, reason }) => html`<li>${mark(verdict)} <a href="#${id}">${name}</a>
<span class="reason">${reason ?? 'no reason given'}</span></li>`,
    )}</ul></section>`
  )
}

/** Known weaknesses that the run looked for: those that are there first. */
function weaknesses(scenarios: readonly Scenario[]): Part {
  const all = scenarios.flatMap(({ id, name, weaknesses }) => weaknesses.map((one) => ({ id, name, ...one })))
  const sorted = all.toSorted((one, other) => Number(other.present) - Number(one.present))
  return (
    all.length > 0 &&
    html`<section><h2>Known weaknesses</h2><table class="argument">
<tr><th>weakness</th><th>here</th><th>evidence</th></tr>
${sorted.map(
  ({ id, name, present, evidence }) =>
    html`<tr><td><a href="#${id}">${name}</a></td><td>${
      present ? html`<b>present</b>` : 'absent'
    }</td><td>${evidence}</td></tr>`,
)}</table></section>`
  )
}

function facts({ startedAt, bench, meta }: Run): [name: string, value: string][] {
  const machine = meta === null ? [] : [meta.implementation, meta.runtime, meta.os, meta.cpu]
  return [
    [
      'started',
      startedAt === null
        ? 'never'
        : new Date(startedAt).toISOString().replace('T', ' ').slice(0, 19).concat(' UTC'),
    ],
    ...[...bench].map(([name, values]): [string, string] => [name, [...values].join(', ')]),
    ...machine.map(({ name, version = '' }, index): [string, string] => [
      MACHINE[index] ?? '',
      `${name} ${version}`.trim(),
    ]),
    ...revision(meta?.ci?.git),
  ]
}

const MACHINE = ['test runner', 'runtime', 'system', 'processor']

function revision(git: { revision: string; branch?: string } | undefined): [name: string, value: string][] {
  return git === undefined ? [] : [['revision', [git.revision, git.branch].filter(Boolean).join(' on ')]]
}
