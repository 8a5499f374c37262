/** Measurements, in the order they are done. Apart from them, so that help need not load them. */
export const MEASUREMENTS = [
  'apdu',
  'arqc',
  'cmac',
  'ecdsa',
  'group',
  'working-keys',
  'applet',
  'contact',
  'taps',
  'terminals',
  'pin',
  'reconcile',
  'memory',
  'fuzz',
] as const

export type Measurement = (typeof MEASUREMENTS)[number]
