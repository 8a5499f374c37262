import type { Feature } from '../run/run.ts'
import { type Html, html } from './html.ts'
import { scenarioArticle } from './scenario.ts'

/** A feature file with its scenarios, in the order in which they ran. */
export function featureSection({ uri, name, description, scenarios }: Feature): Html {
  const passed = scenarios.filter(({ verdict }) => verdict === 'passed').length
  return html`<section class="feature">
<h2>${name} <span class="count">${passed} of ${scenarios.length} passed</span></h2>
<p class="uri">${uri}</p>
${description.trim() !== '' && html`<p class="description">${unindented(description)}</p>`}
${scenarios.map((scenario, index) => [
  scenario.rule !== null &&
    scenario.rule !== scenarios[index - 1]?.rule &&
    html`<h3>Rule: ${scenario.rule}</h3>`,
  scenarioArticle(scenario),
])}
</section>`
}

function unindented(text: string): string {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n')
}
