import { describe, expect, test } from 'vitest';
import type { Receipt } from '../../../electron/shared/contract/index.ts';
import { masked } from '../../../electron/station/issuance/masked.ts';
import { receiptHtml } from '../../../electron/station/issuance/receipt-html.ts';
import { receiptNumberOf } from '../../../electron/station/issuance/receipt-number.ts';

const receipt: Receipt = {
  receiptNumber: 'R-7K3M-9QXD-2RTA',
  issuedAt: '2026-11-20T08:00:00.000Z',
  branch: '培训网点',
  branchLatin: 'Training branch',
  bankName: '青屿银行',
  bankNameLatin: 'Qingyu Bank',
  training: true,
  officerName: '李娜 Li Na',
  customerName: '<王 & "强">',
  documentNumberMasked: '••••••••••••••002X',
  accountMasked: '•••••••••••••••1234',
  mediumKind: 'sd-card',
  serial: '00bc614e',
  cardId: 'CW-7K3M-9QXD-2RTA',
  certificateSerial: '0102030405',
  certificateNotAfter: '2029-11-20T08:00:00.000Z',
  certificateSha256: 'ab'.repeat(32),
  loginName: 'lina.dew',
};

describe('the receipt', () => {
  test('speaks both languages', () => {
    const zh = receiptHtml(receipt, 'zh-CN');
    const en = receiptHtml(receipt, 'en');
    expect(zh).toContain('青屿银行');
    expect(zh).toContain('SD 卡');
    expect(zh).not.toContain('Qingyu Bank');
    expect(en).toContain('Qingyu Bank');
    expect(en).toContain('SD card');
    expect(en).toContain('November 20, 2026');
  });

  test('what people are called is text and never markup', () => {
    const html = receiptHtml(receipt, 'en');
    expect(html).not.toContain('<王');
    expect(html).toContain('&#60;王 &#38; &#34;强&#34;&#62;');
  });

  test('loads nothing from anywhere', () => {
    expect(receiptHtml(receipt, 'en')).not.toMatch(/<script|src=|href=|url\(|@import/);
  });

  test('is marked when it is for training, and only then', () => {
    expect(receiptHtml(receipt, 'en')).toContain('NOT VALID');
    expect(receiptHtml({ ...receipt, training: false }, 'en')).not.toContain('NOT VALID');
  });

  test('numbers', () => {
    expect(receiptNumberOf('CW-7K3M-9QXD-2RTA')).toBe('R-7K3M-9QXD-2RTA');
    expect(masked('6222021234567890')).toBe('••••••••••••7890');
    expect(masked('1234')).toBe('••••');
  });
});
