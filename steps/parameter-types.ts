import { defineParameterType } from '@cucumber/cucumber'
import { parseMoney } from './bench/money.ts'

defineParameterType({
  name: 'money',
  regexp: /(\d+(?:\.\d+)?) ([A-Z]{3})/,
  transformer: (amount: string, code: string) => parseMoney(amount, code),
})

defineParameterType({ name: 'currency', regexp: /[A-Z]{3}/, transformer: (code: string) => code })

defineParameterType({
  name: 'cardState',
  regexp: /ORDERED|INACTIVE|ACTIVE|FROZEN|TERMINATED/,
  transformer: (state: string) => state,
})
