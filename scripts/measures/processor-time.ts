import { readFile } from 'node:fs/promises'

/** The kernel tells processes in hundredths of a second, whatever its own ticks are (proc(5)). */
const TICK_US = 10_000
/** Of the fields behind the name of the program, which may have blanks in it: utime and stime. */
const [UTIME, STIME] = [11, 12]

/** Processor time that this process and these others have used so far, microseconds: what other programs do is not in it. */
export async function processorTime(pids: readonly number[]): Promise<number> {
  const { user, system } = process.cpuUsage()
  const others = await Promise.all(pids.map(usOf))
  return others.reduce((sum, us) => sum + us, user + system)
}

async function usOf(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[UTIME]) + Number(fields[STIME])) * TICK_US
}
