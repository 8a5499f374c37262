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

/** Those that are done only when they are named: they need what a bench by itself does not have. */
export const NAMED_MEASUREMENTS = ['share'] as const

export type Measurement = (typeof MEASUREMENTS | typeof NAMED_MEASUREMENTS)[number]
