export {
  encodeDataGroupHashes,
  LDS_SECURITY_OBJECT,
  parseDataGroupHashes,
  type DataGroupHash,
} from './lds-security-object.ts';
export { oathPut } from './oath-put.ts';
export { fromHex, parseHex, toHex } from './hex.ts';
export { concatBytes, equalBytes, equalBytesConstantTime, parseUtf8, utf8 } from './bytes.ts';
export { parseBase64, parseBase64Url, toBase64, toBase64Url } from './base64.ts';
export { encodeTag, encodeTlv, findTlv, parseTlvs, unwrapTlv, type Tlv } from './tlv.ts';
export {
  encodeCommand,
  encodeResponse,
  parseCommand,
  parseResponse,
  type CommandApdu,
  type ResponseApdu,
} from './apdu.ts';
export { statusClass, statusText, triesLeftOf, type StatusClass } from './status-word.ts';
