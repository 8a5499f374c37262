import type { Content, Event } from './row.ts'

/** Where the key was: an operation with a key outside of the token is worth seeing at once. */
export function hsmRow({ operation, mechanism, key, token, where, result }: Event<'hsm'>): Content {
  return {
    from: 'hsm',
    to: null,
    what: `${operation} with ${key}`,
    result,
    mood: 'plain',
    gist: [mechanism, where].filter((part) => part !== ''),
    details: [
      {
        form: 'pairs',
        title: 'Operation',
        pairs: [
          ['Mechanism', mechanism === '' ? 'none of the token' : mechanism],
          ['Key', key],
          ['Where', where],
          ['Token', token],
          ['Result', result],
        ],
      },
    ],
  }
}
