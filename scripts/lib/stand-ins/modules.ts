import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** What a program is made of. */
export interface Modules {
  /** Absolute paths of its own files. */
  files: string[]
  /** Names of the packages that they import. */
  packages: string[]
}

const IMPORT = /^(?:import|export)\b[^'"]*?from\s+'([^']+)'|^import '([^']+)'/gm

/** All that `entry` imports, directly and through others. Types alone do not count: they are gone when it runs. */
export function modulesOf(entry: string): Modules {
  const files = new Set<string>()
  const packages = new Set<string>()
  const waiting = [resolve(entry)]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (files.has(file)) continue
    files.add(file)
    for (const name of importsOf(readFileSync(file, 'utf8'))) {
      if (name.startsWith('.')) waiting.push(join(dirname(file), name))
      else if (!isBuiltin(name)) packages.add(packageOf(name))
    }
  }
  return { files: [...files], packages: [...packages].sort() }
}

function importsOf(source: string): string[] {
  return [...source.matchAll(IMPORT)]
    .filter(([statement]) => !/^(import|export) type\b/.test(statement))
    .map(([, from, bare]) => from ?? bare ?? '')
}

function isBuiltin(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name)
}

function packageOf(name: string): string {
  return name
    .split('/')
    .slice(0, name.startsWith('@') ? 2 : 1)
    .join('/')
}

interface Locked {
  dependencies?: Record<string, string>
}

/** The folders under node_modules of these packages and of all that they depend on, as package-lock.json has them. */
export function foldersOf(packages: readonly string[], lockFile: string): string[] {
  const { packages: locked } = JSON.parse(readFileSync(lockFile, 'utf8')) as {
    packages: Record<string, Locked>
  }
  const found = new Set<string>()
  const waiting = packages.map((name) => find(locked, '', name))
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (found.has(folder)) continue
    found.add(folder)
    const from = folder
    waiting.push(...Object.keys(locked[folder]?.dependencies ?? {}).map((name) => find(locked, from, name)))
  }
  return [...found].sort()
}

/** Where Node finds a package that is asked for from this folder: its own node_modules first, then those above. */
function find(locked: Readonly<Record<string, Locked>>, from: string, name: string): string {
  for (let folder = from; ; folder = folder.replace(/\/?node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const path = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`
    if (locked[path] !== undefined) return path
    if (folder === '') throw new Error(`expected ${name} in package-lock.json, it is not: npm install`)
  }
}
