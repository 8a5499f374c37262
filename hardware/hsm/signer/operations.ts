import { verifyArqc } from './arqc.ts'
import { generateCardKey } from './card-keys.ts'
import { generateCvv, verifyCvv } from './card-values.ts'
import { signCertificate, signCrl, signCsr } from './certificates.ts'
import { decryptData, encryptData } from './ciphers.ts'
import { deriveInitialKey, dukptDecrypt } from './dukpt.ts'
import { generateKey, generateKeyPair } from './generation.ts'
import { importKey, importPublicKey, importZmk } from './import.ts'
import { verifyArqcAndGenerateArpc } from './issuer-cryptograms.ts'
import { exportWorkingKey, importWorkingKey, translateKey } from './key-blocks.ts'
import { generateKcv } from './key-facts.ts'
import { generateMac, verifyMac } from './macs.ts'
import type { Operation } from './operation.ts'
import { changePin, generatePin, translatePin, verifyPin } from './pins.ts'
import { renewKey } from './renewal.ts'
import { signRequest } from './request-signatures.ts'
import { sign } from './signatures.ts'
import { exportInitialKey, exportTr34 } from './tr34-export.ts'
import { importTr34 } from './tr34-import.ts'

/** All operations by the names of the field. */
export const OPERATIONS = {
  VerifyArqc: verifyArqc,
  GenerateCardKey: generateCardKey,
  GenerateKey: generateKey,
  GenerateKeyPair: generateKeyPair,
  ImportKey: importKey,
  ImportPublicKey: importPublicKey,
  SignCertificate: signCertificate,
  SignCrl: signCrl,
  SignCsr: signCsr,
  SignRequest: signRequest,
  ExportTr34: exportTr34,
  ExportInitialKey: exportInitialKey,
  ImportTr34: importTr34,
  GenerateKcv: generateKcv,
  GenerateMac: generateMac,
  VerifyMac: verifyMac,
  EncryptData: encryptData,
  DecryptData: decryptData,
  Sign: sign,
  DeriveInitialKey: deriveInitialKey,
  DukptDecrypt: dukptDecrypt,
  GenerateBdk: generateKey,
  GeneratePwk: generateKey,
  GenerateZmk: generateKey,
  ImportZmk: importZmk,
  ExportWorkingKey: exportWorkingKey,
  ImportWorkingKey: importWorkingKey,
  TranslateKey: translateKey,
  RenewKey: renewKey,
  GenerateCvv: generateCvv,
  VerifyCvv: verifyCvv,
  VerifyArqcAndGenerateArpc: verifyArqcAndGenerateArpc,
  TranslatePin: translatePin,
  VerifyPin: verifyPin,
  GeneratePin: generatePin,
  ChangePin: changePin,
}

export type Operations = typeof OPERATIONS
export type OperationName = keyof Operations
export type ArgsOf<Name extends OperationName> =
  Operations[Name] extends Operation<infer Args, unknown> ? Args : never
export type ResultOf<Name extends OperationName> =
  Operations[Name] extends Operation<never, infer Result> ? Result : never
