/** Values that stand for words, by tag and upper-case hexadecimal. Text (`an`) is given as its characters. */
export const CODES: ReadonlyMap<string, Readonly<Record<string, string>>> = new Map<
  string,
  Readonly<Record<string, string>>
>([
  // EMV 4.4 Book 3, Annex G
  ['5F57', { '00': 'default', '10': 'savings', '20': 'cheque or debit', '30': 'credit' }],
  // EMV 4.4 Book 4, Annex A6
  [
    '8A',
    {
      '00': 'approved online',
      '01': 'referral: call the issuer',
      '02': 'referral: call the issuer',
      '05': 'declined online',
      '51': 'declined online: not sufficient funds',
      '54': 'declined online: expired card',
      '55': 'declined online: wrong PIN',
      '75': 'declined online: PIN tries exceeded',
      Y1: 'approved offline',
      Z1: 'declined offline',
      Y2: 'approved after a referral by the card',
      Z2: 'declined after a referral by the card',
      Y3: 'unable to go online, approved offline',
      Z3: 'unable to go online, declined offline',
    },
  ],
  // ISO 8583:1987, processing code, digits 1 and 2
  [
    '9C',
    {
      '00': 'purchase',
      '01': 'cash',
      '09': 'purchase with cashback',
      '17': 'cash disbursement',
      '20': 'refund',
      '21': 'deposit',
      '30': 'balance inquiry',
      '31': 'balance inquiry',
      '40': 'transfer',
    },
  ],
  // EMV 4.4 Book 1, 12.4: which part of ISO/IEC 8859
  [
    '9F11',
    {
      '01': 'ISO/IEC 8859-1',
      '02': 'ISO/IEC 8859-2',
      '03': 'ISO/IEC 8859-3',
      '04': 'ISO/IEC 8859-4',
      '05': 'ISO/IEC 8859-5',
      '06': 'ISO/IEC 8859-6',
      '07': 'ISO/IEC 8859-7',
      '08': 'ISO/IEC 8859-8',
      '09': 'ISO/IEC 8859-9',
      '10': 'ISO/IEC 8859-10',
    },
  ],
  // EMV 4.4 Book 4, Annex A1
  [
    '9F35',
    {
      '11': 'financial institution, attended, online only',
      '12': 'financial institution, attended, offline with online capability',
      '13': 'financial institution, attended, offline only',
      '14': 'financial institution, unattended, online only',
      '15': 'financial institution, unattended, offline with online capability',
      '16': 'financial institution, unattended, offline only',
      '21': 'merchant, attended, online only',
      '22': 'merchant, attended, offline with online capability',
      '23': 'merchant, attended, offline only',
      '24': 'merchant, unattended, online only',
      '25': 'merchant, unattended, offline with online capability',
      '26': 'merchant, unattended, offline only',
      '34': 'cardholder, unattended, online only',
      '35': 'cardholder, unattended, offline with online capability',
      '36': 'cardholder, unattended, offline only',
    },
  ],
  // ISO 8583:1987, field 22, digits 1 and 2
  [
    '9F39',
    {
      '00': 'not specified',
      '01': 'keyed in by hand',
      '02': 'magnetic stripe',
      '05': 'chip, contact',
      '07': 'chip, contactless EMV mode',
      '80': 'magnetic stripe after the chip failed',
      '81': 'e-commerce',
      '90': 'magnetic stripe, whole track read',
      '91': 'contactless mag-stripe mode',
    },
  ],
  // EMV Contactless Book C-2, Annex A
  ['DF8108', { '00': 'AAC', '40': 'TC', '80': 'ARQC' }],
  // EMV Contactless Book B, 3.3.2.5
  [
    'DF810C',
    {
      '01': 'kernel 1',
      '02': 'kernel 2 (Mastercard)',
      '03': 'kernel 3 (Visa)',
      '04': 'kernel 4 (American Express)',
      '05': 'kernel 5 (JCB)',
      '06': 'kernel 6 (Discover)',
      '07': 'kernel 7 (UnionPay)',
      '08': 'kernel 8',
    },
  ],
])
