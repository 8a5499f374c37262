import { percentile } from './measure.ts'

const TURNS = 5

/** Medians of a program's figure, of its floor's, and of how many times the floor the program's figure is. */
export interface Compared {
  own: number
  floor: number
  ratio: number
}

/** Measures program and floor in turns, so that whatever else the machine does falls on both alike. `rounds`: of all turns. */
export async function inTurns(
  rounds: number,
  measureOwn: (rounds: number) => Promise<number>,
  measureFloor: (rounds: number) => Promise<number>,
): Promise<Compared> {
  const each = Math.ceil(rounds / TURNS)
  const turns: Compared[] = []
  for (let turn = 0; turn < TURNS; turn++) {
    const floor = await measureFloor(each)
    const own = await measureOwn(each)
    turns.push({ own, floor, ratio: own / floor })
  }
  const median = (of: keyof Compared) =>
    percentile(
      turns.map((turn) => turn[of]),
      0.5,
    )
  return { own: median('own'), floor: median('floor'), ratio: median('ratio') }
}
