import { judged, type Verdict } from '../verdict/verdict.ts'
import { DerError } from './error.ts'

/** As {@link judged}, of something in DER: what is no DER, or DER of another shape, is refused by `malformed`. */
export function judgedDer<T, R extends string>(
  read: () => T,
  malformed: (detail: string) => never,
): Verdict<T, R> {
  return judged(() => {
    try {
      return read()
    } catch (error) {
      if (error instanceof DerError) malformed(error.message)
      throw error
    }
  })
}
