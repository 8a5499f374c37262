/** Account data as a payment request has them, hexadecimal: initial vector and CBC under the SRED key of this key serial number. */
export interface SecuredAccount {
  ksn: string
  data: string
}

/** A PIN as a payment request has it, hexadecimal: a PIN block under the PIN key of this key serial number. */
export interface SecuredPin {
  ksn: string
  format: 0 | 4
  pinBlock: string
}

/** What a payment request carries that was enciphered in the device. */
export interface SecuredMembers {
  account?: SecuredAccount
  pin?: SecuredPin
}
