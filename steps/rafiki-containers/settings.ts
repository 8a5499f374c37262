import type { VariableName } from './variables.ts'

// Keys of an external pair's profile, which the checks of a status name → what says the same of a pair in containers.
const SETTINGS: Readonly<Record<string, VariableName>> = {
  'rafiki.merchant.adminUrl': 'MERCHANT_ADMIN_PORT',
  'rafiki.merchant.openPaymentsUrl': 'MERCHANT_OPEN_PAYMENTS_PORT',
  'rafiki.merchant.authUrl': 'MERCHANT_AUTH_PORT',
  'rafiki.merchant.pointOfSaleUrl': 'POINT_OF_SALE_PORT',
  'rafiki.merchant.tenantId': 'MERCHANT_TENANT_ID',
  'the secret in the variable that rafiki.merchant.adminApi.secretVariable names':
    'MERCHANT_ADMIN_API_SECRET',
  'the secret in the variable that rafiki.merchant.webhooks.secretVariable names': 'MERCHANT_WEBHOOK_SECRET',
  'rafiki.customer.adminUrl': 'CUSTOMER_ADMIN_PORT',
  'rafiki.customer.openPaymentsUrl': 'CUSTOMER_OPEN_PAYMENTS_PORT',
  'rafiki.customer.authUrl': 'CUSTOMER_AUTH_PORT',
  'rafiki.customer.cardServiceUrl': 'CARD_SERVICE_PORT',
  'rafiki.customer.tenantId': 'CUSTOMER_TENANT_ID',
  'the secret in the variable that rafiki.customer.adminApi.secretVariable names':
    'CUSTOMER_ADMIN_API_SECRET',
}

/** What to do about a service, in the words of a pair in containers: its variables instead of an external pair's keys. */
export function mendInContainers(mend: string, envFile: string): string {
  const named = Object.entries(SETTINGS).filter(([key]) => mend.includes(key))
  if (named.length === 0) return mend
  const said = named.reduce((text, [key, variable]) => text.replaceAll(key, variable), mend)
  return `${said.replace(/,? or rafiki\.\w+\.\w+\.version/, '')}; variables are in ${envFile}, and count from the next tapbench rafiki up after a down`
}
