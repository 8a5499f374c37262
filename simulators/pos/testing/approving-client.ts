import { type HttpAnswer, type HttpCall, HttpClient } from '../../common/http-client.ts'

/** An HTTP client without a network: its POS API approves whatever it is asked. */
export class ApprovingClient extends HttpClient {
  override async call({ body }: HttpCall): Promise<HttpAnswer> {
    const { requestId } = JSON.parse(String(body))
    return {
      status: 200,
      body: { requestId, outcome: 'Approved', code: null, reason: null },
    }
  }
}
