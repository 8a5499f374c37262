import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join, relative } from 'node:path'
import { test } from 'node:test'
import { ROOT } from '../../../steps/bench/places.ts'
import { foldersOf, modulesOf } from './modules.ts'

const lock = join(ROOT, 'package-lock.json')

test("the stand-ins' program is made of the embedded Rafiki, and of no bench, card or HSM", () => {
  const { files, packages } = modulesOf(join(ROOT, 'simulators/rafiki/apart/main.ts'))
  const folders = new Set(files.map((file) => relative(ROOT, file).split('/').slice(0, 2).join('/')))
  for (const folder of folders) assert.match(folder, /^(protocols|simulators\/(rafiki|common))/)
  for (const name of ['fastify', 'graphql', 'zod', 'undici']) assert.ok(packages.includes(name), name)
  for (const folder of foldersOf(packages, lock)) assert.ok(existsSync(join(ROOT, folder)), folder)
})

test('packages bring what they depend on, each from where Node would find it', () => {
  const folders = foldersOf(['fastify'], lock)
  assert.ok(folders.includes('node_modules/fastify') && folders.includes('node_modules/ajv'))
  assert.throws(() => foldersOf(['no-such-package'], lock), /expected no-such-package in package-lock\.json/)
})
