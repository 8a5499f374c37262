import type { VariableName } from './variables.ts'

/** A service of docker-compose.yml, and where it tells of its health; nothing for those that only the others reach. */
export interface ComposedService {
  name: string
  port: VariableName | null
}

export const SERVICES = [
  { name: 'postgres', port: null },
  { name: 'redis', port: null },
  { name: 'merchant-auth', port: 'MERCHANT_AUTH_PORT' },
  { name: 'customer-auth', port: 'CUSTOMER_AUTH_PORT' },
  { name: 'merchant-backend', port: 'MERCHANT_ADMIN_PORT' },
  { name: 'customer-backend', port: 'CUSTOMER_ADMIN_PORT' },
  { name: 'point-of-sale', port: 'POINT_OF_SALE_PORT' },
  { name: 'card-service', port: 'CARD_SERVICE_PORT' },
] as const satisfies readonly ComposedService[]

export type ServiceName = (typeof SERVICES)[number]['name']
