import { openCustomer } from './open-window.tsx';
import { Aes128Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } from '@hpke/core';
import { screen, waitFor } from '@testing-library/react';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  envelopeAad,
  envelopeInfo,
  sealedSecret,
  type SecretPurpose,
} from '../../../electron/shared/bank-api/index.ts';
import type { CustomerPrompt } from '../../../electron/shared/contract/index.ts';
import { firstCustomer } from '../../harness/fake-station/index.ts';
import { customerPage } from '../../harness/route-objects.ts';

const suite = new CipherSuite({
  kem: new DhkemP256HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes128Gcm(),
});
let keys: CryptoKeyPair;
let prompt: Extract<CustomerPrompt, { kind: 'enter-secrets' }>;

beforeAll(async () => {
  keys = await suite.kem.generateKeyPair();
  const publicKey = Buffer.from(await suite.kem.serializePublicKey(keys.publicKey)).toString('base64');
  prompt = {
    kind: 'enter-secrets',
    runId: 'run-1',
    askId: 'customer-secrets-1',
    customerId: firstCustomer.customerId,
    customerName: firstCustomer.name,
    accountMasked: '•••• 345',
    loginName: firstCustomer.loginName,
    fields: ['account-pin', 'login-password', 'card-pin'],
    envelopeKey: { keyId: 'env-1', publicKey },
  };
});

async function open(sealed: unknown, purpose: SecretPurpose): Promise<string> {
  const { enc, ciphertext } = sealedSecret.parse(sealed);
  const recipient = await suite.createRecipientContext({
    recipientKey: keys.privateKey,
    enc: bytes(enc),
    info: new TextEncoder().encode(envelopeInfo).buffer,
  });
  const aad = new TextEncoder().encode(envelopeAad(purpose, firstCustomer.customerId)).buffer;
  return new TextDecoder().decode(await recipient.open(bytes(ciphertext), aad));
}
const bytes = (base64: string): ArrayBuffer => Uint8Array.from(Buffer.from(base64, 'base64')).buffer;

const pin = '314159';
const password = 'river-lantern-42';
const cardPin = '529417';

describe('what the customer types', () => {
  test('is sealed for the bank, and nothing of it stays or passes in the open but the card PIN', async () => {
    const { station, user } = openCustomer({ prompt });
    await screen.findByTestId(customerPage.accountPin);
    await user.keyboard(`${pin}{Enter}`);

    await user.type(await screen.findByTestId(customerPage.loginPasswordField), `${password}{Enter}`);
    await user.type(await screen.findByTestId(customerPage.loginPasswordAgainField), `${password}{Enter}`);
    await screen.findByTestId(customerPage.cardPin);
    await user.keyboard(`${cardPin}{Enter}`);
    await screen.findByTestId(customerPage.cardPinAgain);
    expect(document.body.innerHTML).not.toContain(password);
    await user.keyboard(`${cardPin}{Enter}`);

    await waitFor(() => {
      expect(station.calledWith('customer.answer')).toHaveLength(1);
    });
    const [answer] = station.calledWith('customer.answer') as [Record<string, unknown>];
    expect(answer).toMatchObject({ runId: 'run-1', askId: 'customer-secrets-1', cardPin });
    expect(await open(answer.accountPin, 'account-pin')).toBe(pin);
    expect(await open(answer.loginPassword, 'login-password')).toBe(password);
    await expect(open(answer.accountPin, 'login-password')).rejects.toThrow();

    const everything = JSON.stringify(station.calls);
    expect(everything).not.toContain(pin);
    expect(everything).not.toContain(password);
    for (const input of document.querySelectorAll('input')) expect(input.value).not.toMatch(/lantern|\d{4}/);
    expect(document.body.innerHTML).not.toMatch(new RegExp(`${pin}|${password}|${cardPin}`));
  });

  test('reaches the teller as counts only', async () => {
    const { station, user } = openCustomer({ prompt });
    await screen.findByTestId(customerPage.accountPin);
    await user.keyboard('31{Backspace}4');
    expect(station.calledWith('customer.progress')).toEqual(
      [1, 2, 1, 2].map((typed) => ({ runId: 'run-1', field: 'account-pin', typed, of: 6 })),
    );
  });

  test('can be typed on the pad alone', async () => {
    const { station, user } = openCustomer({ prompt: { ...prompt, fields: ['account-pin'], triesLeft: 2 } });
    expect((await screen.findByTestId(customerPage.notice)).textContent).toContain('Tries left: 2');
    for (const digit of '3141599') await user.click(screen.getByTestId(customerPage.pad(Number(digit))));
    await user.click(screen.getByTestId(customerPage.padDelete));
    await user.click(screen.getByTestId(customerPage.pad(9)));
    await user.click(screen.getByTestId(customerPage.padNext));
    await waitFor(() => {
      expect(station.calledWith('customer.answer')).toHaveLength(1);
    });
    const [answer] = station.calledWith('customer.answer') as [Record<string, unknown>];
    expect(Object.keys(answer).sort()).toEqual(['accountPin', 'askId', 'runId']);
    // A seventh digit finds no place; the sixth was deleted and typed again.
    expect(await open(answer.accountPin, 'account-pin')).toBe('314159');
  });

  test('a second entry that differs is asked for again from the first', async () => {
    const { user } = openCustomer({ prompt: { ...prompt, fields: ['card-pin'] } });
    await screen.findByTestId(customerPage.cardPin);
    await user.keyboard('529417{Enter}');
    await screen.findByTestId(customerPage.cardPinAgain);
    await user.keyboard('529418{Enter}');
    await screen.findByTestId(customerPage.cardPin);
    expect(screen.getByTestId(customerPage.notice).textContent).toContain('not the same');
  });

  test('a PIN that everybody tries first is not taken', async () => {
    const { station, user } = openCustomer({ prompt: { ...prompt, fields: ['card-pin'] } });
    await screen.findByTestId(customerPage.cardPin);
    await user.keyboard('123456{Enter}');
    expect((await screen.findByTestId(customerPage.notice)).textContent).toContain('a stranger would try');
    expect(station.calledWith('customer.answer')).toEqual([]);
  });

  test('a weak password cannot go on', async () => {
    const { user } = openCustomer({ prompt: { ...prompt, fields: ['login-password'] } });
    await user.type(await screen.findByTestId(customerPage.loginPasswordField), 'password1{Enter}');
    expect(screen.getByTestId('strength').dataset.strength).toBe('weak');
    expect(screen.queryByTestId(customerPage.loginPasswordAgain)).toBeNull();
    expect(screen.getByTestId<HTMLButtonElement>(customerPage.passwordNext).disabled).toBe(true);
  });

  test('a key of the bank that is none is refused in words, without what was typed', async () => {
    const { station, user } = openCustomer({
      prompt: { ...prompt, fields: ['account-pin'], envelopeKey: { keyId: 'x', publicKey: 'AAAA' } },
    });
    await screen.findByTestId(customerPage.accountPin);
    await user.keyboard(`${pin}{Enter}`);
    expect((await screen.findByTestId(customerPage.notice)).textContent).toContain('could not open');
    expect(document.body.innerHTML).not.toContain(pin);
    expect(station.calledWith('customer.answer')).toEqual([]);
  });

  test('an answer the station refuses begins anew', async () => {
    const { user } = openCustomer({
      prompt: { ...prompt, fields: ['account-pin'] },
      refuse: { 'customer.answer': { code: 'run-not-asking', data: {} } },
    });
    await screen.findByTestId(customerPage.accountPin);
    await user.keyboard(`${pin}{Enter}`);
    expect((await screen.findByTestId(customerPage.notice)).textContent).toContain('no longer waits');
  });
});

describe('the screen itself', () => {
  test('follows the prompts', async () => {
    const { station } = openCustomer();
    await screen.findByTestId(customerPage.idle);
    station.putPrompt({ kind: 'wait', customerName: '李娜' });
    await screen.findByTestId(customerPage.wait);
    station.putPrompt({ kind: 'type-at-reader', customerName: '李娜' });
    expect((await screen.findByTestId(customerPage.typeAtReader)).textContent).toContain(
      'type your card PIN at the reader',
    );
    station.putPrompt({ kind: 'take-card', customerName: '李娜', mediumKind: 'sd-card' });
    expect((await screen.findByTestId(customerPage.takeCard)).textContent).toContain(
      'Please take your SD card',
    );
  });

  test('speaks the customer’s language without changing the teller’s, and forgets it after them', async () => {
    const { station, user } = openCustomer({ prompt: { kind: 'wait', customerName: '李娜' } });
    await user.click(await screen.findByTestId(customerPage.language('zh-CN')));
    await screen.findByText('请稍候');
    expect(station.calledWith('station.setLocale')).toEqual([]);
  });

  test('shows the training band and nothing of the teller’s', async () => {
    openCustomer();
    await screen.findByTestId(customerPage.idle);
    expect(screen.getByTestId('training-band')).toBeTruthy();
    expect(document.body.textContent).not.toMatch(/Reader|Sign in|Li Na/);
  });
});
