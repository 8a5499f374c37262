import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Only one program at a time works on a kept registry: neither devices' files nor an embedded database take two. */
export async function lockFolder(folder: string): Promise<{ close(): Promise<void> }> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'lock')
  if (!(await claimed(file))) {
    const owner = await readFile(file, 'utf8').catch(() => '')
    if (isAlive(Number(owner)))
      throw new Error(`expected ${folder} to be free, process ${owner} works on it: wait for its end`)
    await rm(file, { force: true })
    if (!(await claimed(file)))
      throw new Error(`expected ${folder} to be free, somebody was faster: try again`)
  }
  return { close: () => rm(file, { force: true }) }
}

async function claimed(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Somebody else's process lives too.
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
