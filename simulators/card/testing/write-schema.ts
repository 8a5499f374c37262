/** Writes `fixtures/cards/schema.json`: node simulators/card/testing/write-schema.ts */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { profileJsonSchema } from '../profile-schema.ts'

const FILE = join(import.meta.dirname, '../../../fixtures/cards/schema.json')
writeFileSync(FILE, `${JSON.stringify(profileJsonSchema(), null, 2)}\n`)
