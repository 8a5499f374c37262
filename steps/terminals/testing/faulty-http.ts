import {
  type HttpAnswer,
  type HttpCall,
  type HttpClient,
  HttpError,
} from '../../../simulators/common/http-client.ts'

type Client = Pick<HttpClient, 'call'>

/** A client whose calls break before they arrive, or whose answers are lost, by number from 0 on. */
export function cutAt(http: Client, cuts: Readonly<Record<number, 'request' | 'answer'>>): Client {
  let count = 0
  return {
    call: async (call) => {
      const cut = cuts[count++]
      if (cut === 'request') throw new HttpError('cut before the request', 'unreachable')
      const answer = await http.call(call)
      if (cut === 'answer') throw new HttpError('cut before the answer', 'unreachable')
      return answer
    },
  }
}

/** A client that alters answers of one path on their way. */
export function altering(
  http: Client,
  path: string,
  alter: (
    body: Record<string, unknown>,
    call: HttpCall,
  ) => Record<string, unknown> | Promise<Record<string, unknown>>,
): Client {
  return {
    call: async (call): Promise<HttpAnswer> => {
      const answer = await http.call(call)
      if (!call.url.endsWith(path) || answer.status !== 200) return answer
      return { ...answer, body: await alter(answer.body as Record<string, unknown>, call) }
    },
  }
}
