import { z } from 'zod'

/** Hexadecimal of so many bytes (`2`) or from so many to so many (`5,16`); upper case, without blanks, when read. */
export const hexOf = (bytes: string) =>
  z
    .string()
    .transform((text) => text.replaceAll(' ', '').toUpperCase())
    .refine(
      (text) => new RegExp(`^([0-9A-F]{2}){${bytes}}$`).test(text),
      `expected ${bytes.replace(',', ' to ')} bytes in hexadecimal`,
    )
