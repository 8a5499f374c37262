import { join } from 'node:path'
import { ROOT } from '../../bench/places.ts'

/** Where the command line keeps its estate of terminals between commands. */
export const ESTATE = join(ROOT, '.tapbench/terminals')
