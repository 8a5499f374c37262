import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openApiDocument } from './document.ts'

// Writes the document that is checked in: node simulators/merchant-ase/openapi/write.ts

const FILE = join(import.meta.dirname, '../../../docs/pos-api.openapi.json')

writeFileSync(FILE, `${JSON.stringify(openApiDocument(), null, 2)}\n`)
