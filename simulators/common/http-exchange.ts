import type { Dispatcher } from 'undici'

/** An HTTP answer as it came. */
export interface RawAnswer {
  status: number
  /** Empty when the answer does not say. */
  contentType: string
  body: Buffer
}

/**
 * One request on a dispatcher of undici, and its whole answer. undici's own `request` gives a stream and takes a signal, which here nobody
 * needs: they cost as much as the rest of a call.
 */
export class HttpExchange implements Dispatcher.DispatchHandler {
  readonly #answered: (answer: RawAnswer) => void
  readonly #failed: (error: Error) => void
  readonly #chunks: Buffer[] = []
  #controller: Dispatcher.DispatchController | undefined
  #givenUp: Error | undefined
  #status = 0
  #contentType = ''

  /** `failed` is called when no whole answer comes. */
  constructor(answered: (answer: RawAnswer) => void, failed: (error: Error) => void) {
    this.#answered = answered
    this.#failed = failed
  }

  /** Ends the exchange; what has not been sent yet never is. Harmless when it has ended. */
  giveUp(): void {
    this.#givenUp = new Error('given up')
    this.#controller?.abort(this.#givenUp)
    this.#failed(this.#givenUp)
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller
    if (this.#givenUp !== undefined) controller.abort(this.#givenUp)
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    this.#status = status
    this.#contentType = String(headers['content-type'] ?? '')
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk)
  }

  onResponseEnd(): void {
    const [first, ...more] = this.#chunks
    const body = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#chunks)
    this.#answered({ status: this.#status, contentType: this.#contentType, body })
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#failed(error)
  }
}
