/** What a JUnit report tells of a run. */
export interface Outcome {
  passed: number
  failed: number
  skipped: number
  failures: Failure[]
}

export interface Failure {
  name: string
  /** The step, if it has some, and the beginning of what was said, a line each. */
  says: string[]
}

const LINES = 8

/** Test cases of a JUnit report (as Node's test runner and Cucumber write them), by what became of them. */
export function outcomeOf(xml: string): Outcome {
  const cases = xml.split(/<testcase\b/).slice(1)
  const failures = cases.flatMap(failureOf)
  const skipped = cases.filter((one) => /<skipped\b/.test(one)).length
  return { passed: cases.length - failures.length - skipped, failed: failures.length, skipped, failures }
}

function failureOf(testcase: string): Failure[] {
  const [, said] = /<(?:failure|error)\b[^>]*>([\s\S]*?)(?:<\/(?:failure|error)>|$)/.exec(testcase) ?? []
  if (said === undefined) return []
  const [, name = ''] = /\bname="([^"]*)"/.exec(testcase) ?? []
  // Cucumber lists a scenario's steps, each with its end.
  const [, step] = /^(?:.*CDATA\[)?(.+?)\.{2,}failed$/m.exec(testcase) ?? []
  const lines = plain(said)
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
  const at = step === undefined ? [] : [plain(step)]
  return [{ name: plain(name), says: [...at, ...lines].slice(0, LINES) }]
}

const CHARACTERS: readonly (readonly [RegExp, string])[] = [
  [/<!\[CDATA\[|\]\]>/g, ''],
  [/&#10;/g, '\n'],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&quot;/g, '"'],
  [/&amp;/g, '&'],
]

/** Node's reporter escapes twice. */
function plain(text: string): string {
  return once(once(text))
}

function once(text: string): string {
  return CHARACTERS.reduce((rest, [escaped, character]) => rest.replace(escaped, character), text)
}
