import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { currencyByCode } from '../../../protocols/emv/currency.ts'
import { ratesFor, readRates } from './rates.ts'

test('the table has the currencies of the bench, all of them ISO 4217 codes', () => {
  const { rates } = ratesFor('EUR', readRates()) ?? { rates: {} }
  for (const code of ['EUR', 'USD', 'JPY', 'KWD', 'GBP']) assert.ok(code in rates, code)
  for (const code of Object.keys(rates)) assert.ok(currencyByCode(code), code)
})

test('there and back is one, for every pair', () => {
  const table = readRates()
  for (const base of Object.keys(table.rates))
    for (const [code, rate] of Object.entries(ratesFor(base, table)?.rates ?? {})) {
      const back = ratesFor(code, table)?.rates[base] ?? 0
      assert.ok(Math.abs(rate * back - 1) < 1e-12, `${base} ${code}`)
    }
})

test('a file that is no table of rates is an error that names it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rates-'))
  const file = join(folder, 'rates.yaml')
  await writeFile(file, 'base: EUR\nrates: { USD: -1 }\n')
  assert.throws(() => readRates(pathToFileURL(file)), /rates\.yaml: expected a base currency and rates.*USD/s)
  await rm(folder, { recursive: true })
})
