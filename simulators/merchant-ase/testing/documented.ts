import { join } from 'node:path'
import { createOpenAPI, HttpMethod } from '@interledger/openapi'

const FILE = join(import.meta.dirname, '../../../docs/pos-api.openapi.json')
const openApi = createOpenAPI(FILE)

/** Throws when an answer of the POS API is not as its OpenAPI document says. */
export async function expectDocumented(
  path: string,
  answer: { status: number; body: unknown },
): Promise<void> {
  const { paths, createResponseValidator } = await openApi.then((api) => ({
    paths: api.paths,
    createResponseValidator: api.createResponseValidator.bind(api),
  }))
  const responses = paths[path]?.post?.responses ?? {}
  if (!(answer.status in responses))
    throw new Error(`expected ${path} to document HTTP ${answer.status}, it does not`)
  createResponseValidator({ path, method: HttpMethod.POST })(answer)
}
