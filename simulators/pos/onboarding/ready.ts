import type { Device } from '../device/device.ts'
import { stop } from './outcome.ts'

/** Ends a ceremony for which the device must be a terminal. */
export function expectReady({ parts, registration }: Device): void {
  if (parts.whiteBox.tampered) stop('tampered')
  if (registration === null) stop('not_onboarded')
}
