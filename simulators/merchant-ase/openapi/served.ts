import type { TextRoutes } from '../text-server.ts'
import { openApiDocument } from './document.ts'

/** What the POS API serves beside its operations, on either port. */
export const POS_API_DOCUMENTS: NonNullable<TextRoutes['documents']> = { '/openapi.json': openApiDocument }
