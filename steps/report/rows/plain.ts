import type { Content, Event } from './row.ts'

// What one party says to itself: nothing passes from one to another.

export function terminalRow({ step, detail }: Event<'terminal'>): Content {
  const what = [step, detail].filter(Boolean).join(': ')
  return { from: 'pos', to: null, what, result: null, mood: 'plain', gist: [], details: [] }
}

export function factRow({ party, text }: Event<'fact'>): Content {
  return { from: party, to: null, what: text, result: null, mood: 'plain', gist: [], details: [] }
}

// Which payment it was can be looked up; it tells nothing of why.
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

export function decisionRow({ party, word, code, reason, facts }: Event<'decision'>): Content {
  const pairs = Object.entries(facts)
  return {
    from: party,
    to: null,
    what: `decides: ${word}`,
    result: code === null ? reason : [code, reason].filter(Boolean).join(', '),
    mood: word === 'approved' ? 'good' : 'bad',
    gist: pairs.filter(([, value]) => !UUID.test(value)).map(([name, value]) => `${inWords(name)} ${value}`),
    details: pairs.length === 0 ? [] : [{ form: 'pairs', title: 'Facts', pairs }],
  }
}

/** `balanceBefore` as `balance before`. */
function inWords(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
}
