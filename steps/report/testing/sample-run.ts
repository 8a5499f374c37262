import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { loadConfiguration, runCucumber } from '@cucumber/cucumber/api'
import { BENCH_MEDIA_TYPE, JOURNAL_MEDIA_TYPE, MATRIX_MEDIA_TYPE } from '../run/attachment.ts'
import { sampleTap, sampleTear } from './sample-tap.ts'

const FEATURE = `@payment
Feature: A tap & its <end>
  What a reader of the report
  wants to know.

  Background:
    Given a cardholder with 100.00 EUR

  Scenario Outline: pays <amount>
    When the cardholder taps for <amount>
    Then the terminal shows "<word>"

    Examples:
      | amount    | word     |
      | 12.50 EUR | Approved |
      | 99.00 EUR | Declined |

  @requires:reader
  Scenario: a real card
    When the cardholder taps for 1.00 EUR

  @flaky
  Scenario: passes when tried again
    When the cardholder taps the second time

  Scenario: nobody wrote this step
    When the moon is full

  Rule: a torn card pays nothing

    Scenario: removed inside GENERATE AC
      When the card is removed
      Then no money moves:
        | account | amount |
        | alice   | 0      |
`

/** A token that can do one thing alone. */
export const SAMPLE_COLUMN = {
  title: 'a token',
  operations: {
    'Sign ec-p256': { where: 'in token', missing: [] },
    TranslatePin: { where: 'clear in signer', missing: ['a mechanism for PIN blocks'] },
    'Mac tdes-cmac': { where: 'not possible', missing: ['CKM_DES3_CMAC'] },
  },
}

const STEPS = (cucumber: string) => `
import { readFileSync } from 'node:fs'
import { After, AfterAll, Before, Given, Then, When } from ${JSON.stringify(cucumber)}
const journals = JSON.parse(readFileSync(new URL('journals.json', import.meta.url), 'utf8'))
Before(function () { this.attach(JSON.stringify({ profile: 'simulator', transport: 'pcsc' }), '${BENCH_MEDIA_TYPE}') })
Before({ tags: '@requires:reader' }, function () { this.log('needs a card in a real reader'); return 'skipped' })
let tries = 0
Given('a cardholder with 100.00 EUR', () => {})
When('the cardholder taps for {float} EUR', function (_amount) { this.journal = journals.tap })
When('the cardholder taps the second time', function () { if (++tries < 2) throw new Error('first try') })
When('the card is removed', function () { this.journal = journals.tear; this.log('torn <b>here</b>') })
Then('the terminal shows {string}', (word) => { if (word !== 'Approved') throw new Error('expected ' + word + ', got <Approved>\\nafter 1 tap') })
Then('no money moves:', (_table) => {})
After(function () { if (this.journal) this.attach(JSON.stringify(this.journal), '${JOURNAL_MEDIA_TYPE}') })
After({ tags: '@flaky' }, function () { this.attach(${JSON.stringify(JSON.stringify([SAMPLE_COLUMN]))}, '${MATRIX_MEDIA_TYPE}') })
After({ tags: '@flaky' }, function () { this.attach('[1]', '${JOURNAL_MEDIA_TYPE}') })
`

export const FORMATTER = new URL('../formatter.ts', import.meta.url).href

/** Runs a small feature file of every kind of end with cucumber itself, and returns what the formatters wrote. */
export async function sampleRun(): Promise<{ html: string; junit: string; messages: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-report-'))
  try {
    await writeSources(directory)
    await runIn(directory)
    const read = (name: string) => readFile(join(directory, name), 'utf8')
    return {
      html: await read('report.html'),
      junit: await read('junit.xml'),
      messages: await read('messages.ndjson'),
    }
  } finally {
    await rm(directory, { recursive: true })
  }
}

async function writeSources(directory: string): Promise<void> {
  const journals = { tap: sampleTap(), tear: sampleTear() }
  await writeFile(join(directory, 'tap.feature'), FEATURE)
  await writeFile(join(directory, 'steps.mjs'), STEPS(import.meta.resolve('@cucumber/cucumber')))
  await writeFile(join(directory, 'journals.json'), JSON.stringify(journals))
}

async function runIn(cwd: string): Promise<void> {
  const environment = { cwd, stdout: nowhere(), stderr: nowhere(), env: {} }
  const { runConfiguration } = await loadConfiguration(
    {
      file: false,
      provided: {
        paths: ['tap.feature'],
        import: ['steps.mjs'],
        retry: 1,
        retryTagFilter: '@flaky',
        format: [
          [FORMATTER, 'report.html'],
          ['junit', 'junit.xml'],
          ['message', 'messages.ndjson'],
        ],
      },
    },
    environment,
  )
  await runCucumber(runConfiguration, environment)
}

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() })
