// The report is complete without this file; it unfolds traces when they are looked at, filters, searches, and unfolds everything for printing.
const scenarios = [...document.querySelectorAll('.scenario')]
const search = document.querySelector('input[type=search]')
const texts = new WeakMap()
let shown = 'all'

function unfoldTrace(scenario) {
  const trace = scenario.querySelector('noscript')
  if (trace !== null) trace.outerHTML = trace.textContent
}

function textOf(scenario) {
  if (!texts.has(scenario)) texts.set(scenario, scenario.textContent.replace(/<[^>]*>/g, ' ').toLowerCase())
  return texts.get(scenario)
}

function press(button, pressed) {
  button.setAttribute('aria-pressed', String(pressed))
}

function refresh() {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean)
  for (const scenario of scenarios) {
    const wanted = shown === 'all' || scenario.dataset.verdict === shown
    scenario.hidden = !wanted || !words.every((word) => textOf(scenario).includes(word))
  }
  for (const feature of document.querySelectorAll('.feature'))
    feature.hidden = !feature.querySelector('.scenario:not([hidden])')
}

function openTarget() {
  const target = document.getElementById(location.hash.slice(1))
  if (target?.matches('.scenario')) target.open = true
  target?.scrollIntoView()
}

for (const button of document.querySelectorAll('[data-show]'))
  button.addEventListener('click', () => {
    shown = button.dataset.show
    for (const other of document.querySelectorAll('[data-show]')) press(other, other === button)
    refresh()
  })

addEventListener('click', ({ target }) => {
  const button = target.closest('[data-kind]')
  if (button === null) return
  const visible = button.getAttribute('aria-pressed') !== 'true'
  press(button, visible)
  for (const item of button.closest('.trace').querySelectorAll(`li.${button.dataset.kind}`))
    item.hidden = !visible
})

for (const scenario of scenarios) {
  scenario.addEventListener('toggle', () => unfoldTrace(scenario))
  if (scenario.open) unfoldTrace(scenario)
}

for (const button of document.querySelectorAll('[data-fold]'))
  button.addEventListener('click', () => {
    for (const scenario of scenarios) if (!scenario.hidden) scenario.open = button.dataset.fold === 'open'
  })

search.addEventListener('input', refresh)
addEventListener('hashchange', openTarget)
openTarget()

let folded = []
addEventListener('beforeprint', () => {
  for (const scenario of scenarios) unfoldTrace(scenario)
  folded = [...document.querySelectorAll('details:not([open])')]
  for (const element of folded) element.open = true
})
addEventListener('afterprint', () => {
  for (const element of folded) element.open = false
})
