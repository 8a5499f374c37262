import { join } from 'node:path'
import { createOpenAPI, HttpMethod } from '@interledger/openapi'

const FILE = join(import.meta.dirname, '../../../docs/pos-api.openapi.json')
const openApi = createOpenAPI(FILE)

/** Throws when an answer of the POS API, or of the office, is not as their OpenAPI document says. */
export async function expectDocumented(
  url: string,
  answer: { status: number; body: unknown },
  method: HttpMethod = HttpMethod.POST,
): Promise<void> {
  const { paths, createResponseValidator } = await openApi.then((api) => ({
    paths: api.paths,
    createResponseValidator: api.createResponseValidator.bind(api),
  }))
  const path =
    Object.keys(paths).find((one) => new RegExp(`^${one.replace('{id}', '[^/]+')}$`).test(url)) ?? url
  const responses = paths[path]?.[method]?.responses ?? {}
  if (!(answer.status in responses))
    throw new Error(`expected ${path} to document HTTP ${answer.status}, it does not`)
  createResponseValidator({ path, method })(answer)
}
