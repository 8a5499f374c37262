import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import file from '../../../fixtures/vectors/emv-cryptograms.json' with { type: 'json' }
import { fromHex, toHex } from '../../bytes/bytes.ts'
import { retailMac } from '../../mac/iso9797.ts'
import { tdesKcv } from '../../mac/kcv.ts'
import { type PaddingMethod, pad } from '../../mac/padding.ts'
import { hasOddParity } from '../../mac/parity.ts'
import { type DerivationOption, diversifier, hashedDiversifier } from '../keys/diversification.ts'
import { iccMasterKey, tdesMasterKey } from '../keys/master-key.ts'
import { tdesSessionKey } from '../keys/session-key.ts'
import { treeSessionKey } from '../keys/session-key-tree.ts'
import {
  acInput,
  acSessionKey,
  applicationCryptogram,
  verifyApplicationCryptogram,
} from './application-cryptogram.ts'
import { arpcMethod1, issuerAuthenticationData, verifyIssuerAuthentication } from './arpc.ts'
import { cvc3, cvc3Digits, dynamicCvv, ivCvc3 } from './dynamic-values.ts'
import { FAMILIES, type Family, type FamilyName } from './families.ts'
import { buildIad, parseIad } from './iad.ts'
import { format2PinBlock, openFormat2PinBlock, openVisPinBlock, visPinBlock } from './pin-block.ts'
import { openScript, pinChangeCommand, sealScript } from './script.ts'
import { scriptMac, scriptSessionKey } from './script-mac.ts'
import { ENCIPHERMENTS, SCRIPT_SESSION_KEYS } from './suites.ts'

type Text = Record<
  | 'id' | 'kind' | 'imk' | 'imkKcv2' | 'imkAc' | 'imkSmi' | 'imkSmc' | 'pan' | 'psn' | 'psnUsed' | 'y' | 'iccMk' | 'iccMkKcv2'
  | 'iccMkAc' | 'iccMkSmi' | 'iccMkSmc' | 'sessionDerivation' | 'r' | 'sessionKey' | 'sessionKeyKcv2' | 'data' | 'arqc' | 'arpcKey'
  | 'arc' | 'csu' | 'proprietaryAuthData' | 'atc' | 'iv' | 'unpredictableNumber' | 'profile' | 'acSessionKey' | 'iad' | 'tail' | 'acData'
  | 'skAc' | 'smSessionKey' | 'skSmi' | 'skSmc' | 'macInput' | 'mac' | 'pin' | 'currentPin' | 'pinBlock' | 'encipherment' | 'encrypted'
  | 'expiryAsUsed' | 'serviceCode' | 'alteredPan' | 'dcvv' | 'track' | 'ivCvc3' | 'cvc3' | 'padded',
  string
>
