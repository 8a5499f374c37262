import type { Chance } from './chance.ts'

type Edit = <Item>(items: Item[], chance: Chance) => void

const MOST_REPEATS = 20

const EDITS: readonly Edit[] = [
  function drop(items, chance) {
    items.splice(chance.below(items.length), 1)
  },
  function move(items, chance) {
    const moved = items.splice(chance.below(items.length), 1)
    items.splice(chance.below(items.length + 1), 0, ...moved)
  },
  function repeat(items, chance) {
    const at = chance.below(items.length)
    const [item] = items.slice(at, at + 1)
    if (item !== undefined) items.splice(at, 0, ...Array(1 + chance.below(MOST_REPEATS)).fill(item))
  },
  function again(items, chance) {
    const start = chance.below(items.length)
    items.push(...items.slice(start))
  },
  function stop(items, chance) {
    items.splice(1 + chance.below(items.length))
  },
]

/** The same things with some of them dropped, moved, repeated or done again; what came in is not changed. */
export function mutateSequence<Item>(items: readonly Item[], chance: Chance): Item[] {
  const copy = [...items]
  if (copy.length > 0) chance.pick(EDITS)(copy, chance)
  return copy
}
