import { imageOf } from '../../simulators/card/testing/issue.ts'
import { measureApplet } from '../../simulators/card/throughput.ts'
import { atLeast, type Figure, type MeasureOptions } from './measure.ts'

const WARM_UP = 2_000
const TARGET = 20_000

/** Commands a second that the card applet alone answers: SELECT, GET PROCESSING OPTIONS and two READ RECORDs in turn, in this thread. */
export async function measureCommands({ rounds }: MeasureOptions): Promise<Figure[]> {
  const image = imageOf()
  measureApplet(image, WARM_UP)
  const { commandsPerSecond } = measureApplet(image, rounds * 5)
  return [atLeast('commands of the card applet', commandsPerSecond, '/s', TARGET)]
}
