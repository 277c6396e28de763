import {
  concatBytes,
  encodeTlv,
  fromHex,
  parseBase64,
  toHex,
  utf8,
} from '../../../electron/shared/codec/index.ts';
import type { PivState } from '../applets/piv/piv-state.ts';

/** What happened to a card before it came into the drawer: each is one that a station has to refuse in its own words. */
export type PastLife = 'other-bank' | 'issued' | 'pin-blocked' | 'pin-last-try';

export const live = (piv: PivState, past: PastLife): void => {
  switch (past) {
    case 'other-bank':
      // Object content without tag 53 (SP 800-73-4 part 1, appendix A): 70 certificate, 71 not gzipped, FE.
      piv.objects['5fc105'] = toHex(
        concatBytes(
          encodeTlv(0x70, otherBankCertificate()),
          encodeTlv(0x71, new Uint8Array([0])),
          encodeTlv(0xfe, new Uint8Array(0)),
        ),
      );
      piv.pin = { value: `${toHex(utf8('271828'))}ffff`, total: 3, left: 3 };
      return;
    case 'issued':
      // This house's seal, of a card that another branch's practice bank knows.
      piv.objects['5fff11'] = toHex(
        concatBytes(
          encodeTlv(0x80, new Uint8Array([1])),
          encodeTlv(0x81, utf8('CW-7K3M-9QXD-2RTA')),
          encodeTlv(0x82, fromHex('5a'.repeat(32))),
          encodeTlv(0x83, fromHex('a5'.repeat(32))),
        ),
      );
      piv.pin = { value: `${toHex(utf8('314159'))}ffff`, total: 3, left: 3 };
      return;
    case 'pin-blocked':
      piv.pin.left = 0;
      return;
    case 'pin-last-try':
      piv.pin.left = 1;
  }
};

const otherBankCertificate = (): Uint8Array => {
  const der = parseBase64(certificate.join(''));
  if (!der.ok) throw new Error('The certificate of the other bank is no base64');
  return der.value;
};

/** Of “Haihe Practice CA”, whose key nobody has kept. */
const certificate: readonly string[] = [
  'MIIBiTCCAS8CFBOjdxNbUrHOf9xMg7h46X4XLzPdMAoGCCqGSM49BAMCMEcxCzAJBgNVBAYTAkNOMRwwGgYDVQQKDBNIYWlo',
  'ZSBQcmFjdGljZSBCYW5rMRowGAYDVQQDDBFIYWloZSBQcmFjdGljZSBDQTAeFw0yNjExMjkwOTEzNTdaFw00NjExMjQwOTEz',
  'NTdaMEcxCzAJBgNVBAYTAkNOMRwwGgYDVQQKDBNIYWloZSBQcmFjdGljZSBCYW5rMRowGAYDVQQDDBFQcmFjdGljZSBDdXN0',
  'b21lcjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABPTKL/5PSkt8kMqc0KmcBB9ujx4T9o5dUZq+GMP+7wME3bcX+hwsNpTi',
  '4j1b73uAAm6mNvLz20FKut3gVQ8Lz68wCgYIKoZIzj0EAwIDSAAwRQIgfgo6ng2ImjYt3TIq4cZkk/OmLG5Y9mSMzjIUlcLc',
  'qDkCIQC0MRK1LbBM5pODHhrdxqnbvaVLFYJF55WroMmBzbtmQw==',
];
