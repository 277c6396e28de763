import { describe, expect, it } from 'vitest';
import { fromHex, toHex } from '../../../electron/shared/codec/index.ts';
import { changeAtPad, setAtPad, verifyAtPad } from '../../../native/applications/piv/commands/at-pad.ts';
import {
  encodePinModify,
  encodePinVerify,
  pinModifyOf,
  pinVerifyOf,
} from '../../../native/drivers/pcsc/pin-structures.ts';
import { getFeatureRequest, parseFeatures } from '../../../native/drivers/pcsc/reader-features.ts';

describe('PIN_VERIFY', () => {
  it('is what OpenSC 0.23 asks a reader for with a PIV card', () => {
    // pkcs15-tool --verify-pin, taken down by the driver of a reader with a pad under pcscd 1.9.9
    const ofOpenSc =
      '1e1e' +
      '820800' +
      '0804' +
      '0200' +
      '0000' +
      '00' +
      '000000' +
      '0d000000' +
      '0020008008ffffffffffffffff';
    const ours = {
      ...pinVerifyOf(verifyAtPad({})),
      wPINMaxExtraDigit: 0x0408,
      bNumberMessage: 0,
      wLangId: 0,
    };
    expect(toHex(encodePinVerify(ours))).toBe(ofOpenSc);
  });
  it('is what pcsc-lite’s scardcontrol shows', () => {
    const sample = {
      ...{ bTimerOut: 0, bTimerOut2: 0, bmFormatString: 0x82, bmPINBlockString: 0x04, bmPINLengthFormat: 0 },
      ...{ wPINMaxExtraDigit: 0x0408, bEntryValidationCondition: 0x02, bNumberMessage: 1, wLangId: 0x0904 },
      ...{ bMsgIndex: 0, abData: fromHex('00200000083030303000000000') },
    };
    expect(toHex(encodePinVerify(sample))).toBe(
      '0000' +
        '820400' +
        '0804' +
        '0201' +
        '0409' +
        '00' +
        '000000' +
        '0d000000' +
        '00200000083030303000000000',
    );
  });
  it('of a PIV PIN: six to eight digits, prompted in the language of the branch', () => {
    expect(toHex(encodePinVerify(pinVerifyOf(verifyAtPad({ timeoutMs: 20_001 }))))).toBe(
      '1515' +
        '820800' +
        '0806' +
        '0201' +
        '0408' +
        '00' +
        '000000' +
        '0d000000' +
        '0020008008ffffffffffffffff',
    );
    expect(pinVerifyOf(verifyAtPad({ language: 'en' })).wLangId).toBe(0x0409);
  });
});

describe('PIN_MODIFY', () => {
  it('is what pcsc-lite’s scardcontrol shows', () => {
    const sample = {
      ...{ bTimerOut: 0, bTimerOut2: 0, bmFormatString: 0x82, bmPINBlockString: 0x04, bmPINLengthFormat: 0 },
      ...{ bInsertionOffsetOld: 0, bInsertionOffsetNew: 4, wPINMaxExtraDigit: 0x0408, bConfirmPIN: 3 },
      ...{ bEntryValidationCondition: 0x02, bNumberMessage: 3, wLangId: 0x0904 },
      ...{ bMsgIndex: 0, bMsgIndex2: 1, bMsgIndex3: 2, abData: fromHex('00240000083030303030303030') },
    };
    expect(toHex(encodePinModify(sample))).toBe(
      '0000' +
        '820400' +
        '0004' +
        '0804' +
        '030203' +
        '0409' +
        '000102' +
        '000000' +
        '0d000000' +
        '00240000083030303030303030',
    );
  });
  it('of a PIV PIN: the old one, and the new one twice', () => {
    expect(toHex(encodePinModify(pinModifyOf(changeAtPad({}))))).toBe(
      '1e1e' +
        '820800' +
        '0008' +
        '0806' +
        '030203' +
        '0408' +
        '000102' +
        '000000' +
        '15000000' +
        '0024008010' +
        'ff'.repeat(16),
    );
  });
  it('from the factory PIN: only the new one is typed', () => {
    expect(toHex(encodePinModify(pinModifyOf(setAtPad(fromHex('313233343536ffff'), {}))))).toBe(
      '1e1e' +
        '820800' +
        '0008' +
        '0806' +
        '010202' +
        '0408' +
        '010200' +
        '000000' +
        '15000000' +
        '0024008010' +
        '313233343536ffff' +
        'ff'.repeat(8),
    );
  });
});

describe('features of a reader', () => {
  it('are asked for by the system’s own number', () => {
    expect(getFeatureRequest('linux')).toBe(0x42000d48);
    expect(getFeatureRequest('darwin')).toBe(0x42000d48);
    expect(getFeatureRequest('win32')).toBe(0x313520);
  });
  it('are codes in network byte order', () => {
    expect(parseFeatures(fromHex('060442000db2' + '0a0442000dcc' + '070442000db3'))).toEqual({
      verifyPinDirect: 0x42000db2,
      modifyPinDirect: 0x42000db3,
    });
  });
  it.each(['', '06', '0604420', '060442000d', '0602420006044200', 'ff00ff00'])(
    'are not there in %s',
    (hex) => {
      expect(parseFeatures(fromHex(hex.slice(0, hex.length & ~1)))).toEqual({});
    },
  );
  it('after one of another length are found', () => {
    expect(parseFeatures(fromHex('0a02aabb' + '060442000db2'))).toEqual({ verifyPinDirect: 0x42000db2 });
  });
});
