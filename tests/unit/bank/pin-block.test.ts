import { createDecipheriv } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { pinBlock } from '../../../electron/bank-server/core-banking/pin-block.ts';

describe('a PIN block of format 4 (ISO 9564-1)', () => {
  const key = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
  const ones = Buffer.alloc(8, 0xff);

  // As the payment-security libraries psec and paysec print it, with eight bytes FF in the place of random ones.
  it('is what other libraries make of the same PIN, account and key', () => {
    expect(pinBlock(key, '1234', '1234567890123456789', ones).toString('hex').toUpperCase()).toBe(
      '28B41FDDD29B743E93124BD8E32D921E',
    );
  });

  it('is another one every time and for every account, and carries the PIN', () => {
    const account = '6230 5810 0001 8642 507';
    const longKey = Buffer.alloc(32, 7);
    const blocks = [1, 2, 3].map(() => pinBlock(longKey, '161803', account));
    expect(new Set(blocks.map((each) => each.toString('hex'))).size).toBe(3);
    expect(pinBlock(key, '161803', account, ones)).not.toEqual(
      pinBlock(key, '161803', '6230581000018642508', ones),
    );
    // Opened as ISO 9564-1 says, by other code.
    const open = (block: Buffer): Buffer => {
      const decipher = createDecipheriv('aes-256-ecb', longKey, null).setAutoPadding(false);
      return Buffer.concat([decipher.update(block), decipher.final()]);
    };
    const accountField = Buffer.from(`7${account.replaceAll(' ', '')}`.padEnd(32, '0'), 'hex');
    for (const block of blocks) {
      const once = open(block);
      const pinField = open(Buffer.from(once.map((byte, at) => byte ^ accountField[at]!)));
      expect(pinField.subarray(0, 8).toString('hex')).toBe('46161803aaaaaaaa');
    }
  });

  it('is not made of what is no PIN or no account', () => {
    expect(() => pinBlock(key, '123', '1234567890123456789')).toThrow();
    expect(() => pinBlock(key, '12345x', '1234567890123456789')).toThrow();
    expect(() => pinBlock(key, '1234', '12345678901')).toThrow();
  });
});
