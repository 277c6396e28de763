import { createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { nodePrimitives as bankPrimitives } from '../../../electron/bank-server/operator/primitives.ts';
import { nodePrimitives as operatorPrimitives } from '../../../electron/operator-platform/keys/primitives.ts';
import { toHex, utf8 } from '../../../electron/shared/codec/index.ts';
import {
  atRest,
  controlProof,
  deriveWorkingKey,
  encOf,
  envelope,
  newDynamicKeys,
  openDynamicKeys,
  openEnvelope,
  openPin,
  openUnderStaticKey,
  sealEnvelope,
  sealUnderStaticKey,
  staticWorkingKey,
  unwrapKey,
  workingCheck,
  wrapKey,
  type Envelope,
  type WrapContext,
} from '../../../electron/shared/codec/operator-keys/index.ts';

const [bank, operator] = [bankPrimitives(), operatorPrimitives()];
const partners = { bankId: 'bank-1', operatorId: 'operator-1' };
const seeds = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)] as const;
const controlKey = new Uint8Array(32).fill(3);
const forms = ['symmetric', 'asymmetric'] as const;

/** As resources/docs/operator-keys.md writes it. */
const byTheBook = (secret: Uint8Array, info: unknown[], length = 32): string =>
  Buffer.from(
    hkdfSync('sha256', secret, 'cardwright/operator-keys/v1', JSON.stringify(info), length),
  ).toString('hex');

describe('derivations', () => {
  it('are those of the document', async () => {
    const working = await deriveWorkingKey(bank, 'symmetric', partners, 7, seeds);
    const both = Buffer.concat(seeds);
    expect(toHex(working.secret)).toBe(byTheBook(both, ['working', 'bank-1', 'operator-1', 7]));
    expect(await workingCheck(bank, partners, 7, working)).toBe(
      byTheBook(working.secret, ['working-check', 'bank-1', 'operator-1', 7], 8),
    );
    expect(await controlProof(bank, partners, 7, controlKey)).toBe(
      byTheBook(controlKey, ['control-proof', 'bank-1', 'operator-1', 7]),
    );
    const { keys } = await newDynamicKeys(
      operator,
      'symmetric',
      { ...partners, epoch: 7, serial: 9 },
      controlKey,
    );
    for (const use of ['pin', 'data', 'mac'] as const)
      expect(toHex(keys[use])).toBe(byTheBook(controlKey, [`dynamic-${use}`, 'bank-1', 'operator-1', 7, 9]));
  });

  it.each(forms)(
    'give other working keys for other seeds, their order, epochs and partners (%s)',
    async (form) => {
      const all = await Promise.all([
        deriveWorkingKey(bank, form, partners, 1, seeds),
        deriveWorkingKey(bank, form, partners, 1, [seeds[1], seeds[0]]),
        deriveWorkingKey(bank, form, partners, 2, seeds),
        deriveWorkingKey(bank, form, { ...partners, bankId: 'bank-2' }, 1, seeds),
        deriveWorkingKey(bank, form, { ...partners, operatorId: 'operator-2' }, 1, seeds),
      ]);
      expect(new Set(all.map((each) => toHex(each.secret))).size).toBe(5);
      const points = all.map((each) => each.publicKey && toHex(each.publicKey));
      expect(new Set(points).size).toBe(form === 'symmetric' ? 1 : 5);
    },
  );
});

describe.each(forms)('keys wrapped for the operator, %s', (form) => {
  const context: WrapContext = { ...partners, epoch: 2, purpose: 'control-key' };

  it('are opened by the operator who derived the working key itself', async () => {
    const [atBank, atOperator] = await Promise.all([
      deriveWorkingKey(bank, form, partners, 1, seeds),
      deriveWorkingKey(operator, form, partners, 1, seeds),
    ]);
    const { privateKey: _, ...toSend } = atBank;
    const { publicKey: __, ...toOpen } = atOperator;
    const box = await wrapKey(bank, toSend, context, controlKey);
    expect(await unwrapKey(operator, toOpen, context, box)).toEqual({ ok: true, value: expect.anything() });
    expect(await unwrapKey(operator, atOperator, context, box)).toMatchObject({ ok: true });
    expect(JSON.stringify(box)).not.toContain(Buffer.from(controlKey).toString('base64').slice(0, 20));
  });

  it('are opened with nothing else', async () => {
    const working = await deriveWorkingKey(bank, form, partners, 1, seeds);
    const other = await deriveWorkingKey(bank, form, partners, 2, seeds);
    const box = await wrapKey(bank, working, context, controlKey);
    const refused = { ok: false, fault: { code: 'operator-message-unreadable' } };
    const { enc: __, ...withoutEnc } = box;
    for (const [key, named, sent] of [
      [other, context, box],
      [staticWorkingKey(working.secret), context, form === 'symmetric' ? { ...box, enc: 'AAAA' } : box],
      [working, { ...context, purpose: 'seed-1' }, box],
      [working, { ...context, epoch: 3 }, box],
      [working, { ...context, bankId: 'bank-2' }, box],
      [working, { ...context, operatorId: 'operator-2' }, box],
      [working, context, { ...box, ciphertext: `AAAA${box.ciphertext.slice(4)}` }],
      [working, context, { ...box, ciphertext: '%' }],
      [working, context, form === 'symmetric' ? { ...box, nonce: 'AAAA' } : withoutEnc],
    ] as const)
      expect(await unwrapKey(operator, key, named, sent)).toMatchObject(refused);
  });
});

describe.each(forms)('messages of a transaction, %s', (form) => {
  const context = { ...partners, epoch: 4, serial: 17 };
  const head = { version: 1, ...context, number: 2, direction: 'to-bank' } as const;
  const pin = { account: '6230581000010012345', digits: '314159' };

  const make = async () => {
    const { keys, enc } = await newDynamicKeys(operator, form, context, controlKey);
    const content = { data: { amount: 1, name: '李娜' }, pin, ...(enc ? { enc } : {}) };
    return { keys, message: await sealEnvelope(operator, keys, head, content) };
  };
  const bankKeys = async (message: Envelope) => {
    const enc = encOf(message);
    if (!enc.ok) throw new Error('enc');
    const { bankId, operatorId, epoch, serial } = message;
    return openDynamicKeys(bank, form, { bankId, operatorId, epoch, serial }, controlKey, enc.value);
  };

  it('are opened by the bank that knows only the control key and the serial', async () => {
    const { message } = await make();
    expect(envelope.parse(JSON.parse(JSON.stringify(message)))).toEqual(message);
    const keys = (await bankKeys(message))!;
    expect(await openEnvelope(bank, keys, message)).toEqual({ ok: true, value: { amount: 1, name: '李娜' } });
    expect(openPin(bank, keys, message, pin.account)).toEqual({ ok: true, value: '314159' });
  });

  it('show neither the password nor its length', async () => {
    const { keys } = await make();
    const lengths = await Promise.all(
      ['1234', '123456789012'].map(async (digits) => {
        const sent = await sealEnvelope(operator, keys, head, { data: 0, pin: { ...pin, digits } });
        expect(JSON.stringify(sent)).not.toContain(digits);
        return sent.pin?.ciphertext.length;
      }),
    );
    expect(new Set(lengths).size).toBe(1);
  });

  it('bind the password to the account', async () => {
    const { keys, message } = await make();
    expect(openPin(bank, keys, message, '6230581000010012346').ok).toBe(false);
    const { pin: _, ...without } = message;
    expect(openPin(bank, keys, without, pin.account).ok).toBe(false);
  });

  it('are refused when any part of them was changed', async () => {
    const { message } = await make();
    const keys = (await bankKeys(message))!;
    const another = (await make()).message;
    const flip = (text: string) => (text.startsWith('A') ? `B${text.slice(1)}` : `A${text.slice(1)}`);
    const changed: Envelope[] = [
      { ...message, bankId: 'bank-2' },
      { ...message, operatorId: 'operator-2' },
      { ...message, epoch: 5 },
      { ...message, serial: 18 },
      { ...message, number: 3 },
      { ...message, direction: 'to-operator' },
      { ...message, enc: 'AAAA' },
      { ...message, data: { ...message.data, ciphertext: flip(message.data.ciphertext) } },
      { ...message, data: { ...message.data, nonce: flip(message.data.nonce) } },
      { ...message, data: another.data },
      { ...message, pin: another.pin },
      { ...message, pin: { ...message.pin!, nonce: another.pin!.nonce } },
      { ...message, pin: { ...message.pin!, ciphertext: another.pin!.ciphertext } },
      { ...message, mac: another.mac },
      { ...message, mac: 'zz' },
    ];
    for (const each of changed)
      expect(await openEnvelope(bank, keys, each)).toMatchObject({
        fault: { code: 'operator-message-unreadable' },
      });
    const { pin: _, ...withoutPin } = message;
    expect((await openEnvelope(bank, keys, withoutPin)).ok).toBe(false);
  });

  it('are refused with the keys of another serial, epoch, partner or control key', async () => {
    const { message } = await make();
    const enc = encOf(message);
    for (const [named, key] of [
      [{ ...context, serial: 18 }, controlKey],
      [{ ...context, epoch: 5 }, controlKey],
      [{ ...context, operatorId: 'operator-2' }, controlKey],
      [{ ...context, bankId: 'bank-2' }, controlKey],
      [context, new Uint8Array(32).fill(4)],
    ] as const) {
      const keys = await openDynamicKeys(bank, form, named, key, enc.ok ? enc.value : undefined);
      expect((await openEnvelope(bank, keys!, message)).ok).toBe(false);
    }
  });

  it('are not opened in the other form', async () => {
    const { message } = await make();
    const enc = encOf(message);
    const other = form === 'symmetric' ? 'asymmetric' : 'symmetric';
    expect(
      await openDynamicKeys(bank, other, context, controlKey, enc.ok ? enc.value : undefined),
    ).toBeUndefined();
  });

  it('have three different keys', async () => {
    const { keys } = await make();
    expect(new Set(Object.values(keys).map(toHex)).size).toBe(3);
  });

  it('refuse to seal what is no password', async () => {
    const { keys } = await make();
    for (const digits of ['', '123', '1234567890123', '12345a'])
      await expect(
        sealEnvelope(operator, keys, head, { data: 0, pin: { ...pin, digits } }),
      ).rejects.toThrow();
  });
});

it('a symmetric envelope is AES-256-GCM and HMAC-SHA256 as the document writes them', async () => {
  const context = { ...partners, epoch: 4, serial: 17 };
  const { keys } = await newDynamicKeys(operator, 'symmetric', context, controlKey);
  const head = { version: 1, ...context, number: 1, direction: 'to-bank' } as const;
  const sent = await sealEnvelope(operator, keys, head, { data: { a: 1 } });
  const fields = [1, 'bank-1', 'operator-1', 4, 17, 1, 'to-bank'];
  const sealed = Buffer.from(sent.data.ciphertext, 'base64');
  const cipher = createDecipheriv('aes-256-gcm', keys.data, Buffer.from(sent.data.nonce, 'base64'));
  cipher.setAAD(Buffer.from(JSON.stringify(['data', ...fields])));
  cipher.setAuthTag(sealed.subarray(-16));
  expect(Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]).toString()).toBe('{"a":1}');
  const mac = createHmac('sha256', keys.mac);
  mac.update(JSON.stringify(['mac', ...fields, '', sent.data.nonce, sent.data.ciphertext, '', '']));
  expect(sent.mac).toBe(mac.digest('hex'));
});

describe('what is wrapped or kept', () => {
  const open = (key: string, nonce: Buffer, sealed: Buffer, aad: string): Buffer => {
    const cipher = createDecipheriv('aes-256-gcm', Buffer.from(key, 'hex'), nonce);
    cipher.setAAD(Buffer.from(aad));
    cipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([cipher.update(sealed.subarray(0, -16)), cipher.final()]);
  };
  const bytes = (base64: string) => Buffer.from(base64, 'base64');
  const secret = new Uint8Array(32).fill(6);

  it('is sealed as the document writes it', async () => {
    const context: WrapContext = { ...partners, epoch: 2, purpose: 'seed-1' };
    const wrapped = await wrapKey(bank, staticWorkingKey(secret), context, controlKey);
    const wrapping = byTheBook(secret, ['wrap', 'bank-1', 'operator-1', 2, 'seed-1']);
    const aad = '["bank-1","operator-1",2,"seed-1"]';
    expect(open(wrapping, bytes(wrapped.nonce), bytes(wrapped.ciphertext), aad)).toEqual(
      Buffer.from(controlKey),
    );

    const box = await sealUnderStaticKey(operator, partners, secret, true, { imsi: '1' });
    const initial = byTheBook(secret, ['initial-authentication', 'bank-1', 'operator-1', 'to-bank']);
    const said = open(initial, bytes(box.nonce), bytes(box.ciphertext), '["bank-1","operator-1","to-bank"]');
    expect(said.toString()).toBe('{"imsi":"1"}');

    const kept = bytes(await atRest(bank, secret).seal('row/column', utf8('x')));
    const resting = byTheBook(secret, ['at-rest']);
    expect(open(resting, kept.subarray(0, 12), kept.subarray(12), 'row/column').toString()).toBe('x');
  });
});

describe('the initial authentication information', () => {
  const staticKey = new Uint8Array(32).fill(5);
  const seal = (toBank = true) => sealUnderStaticKey(operator, partners, staticKey, toBank, { imsi: '1' });

  it('is read by the bank', async () => {
    const box = await seal();
    expect(await openUnderStaticKey(bank, partners, staticKey, true, box)).toEqual({
      ok: true,
      value: { imsi: '1' },
    });
  });

  it('is read with nothing else, and not the other way round', async () => {
    const box = await seal();
    for (const [who, key, toBank, sent] of [
      [partners, new Uint8Array(32).fill(6), true, box],
      [partners, staticKey, false, box],
      [{ ...partners, operatorId: 'operator-2' }, staticKey, true, box],
      [{ ...partners, bankId: 'bank-2' }, staticKey, true, box],
      [partners, staticKey, true, await seal(false)],
      [partners, staticKey, true, { ...box, nonce: '' }],
      [partners, staticKey, true, { ...box, ciphertext: 'AAAA' }],
    ] as const)
      expect(await openUnderStaticKey(bank, who, key, toBank, sent)).toMatchObject({
        fault: { code: 'operator-message-unreadable' },
      });
  });
});

describe('secrets at rest', () => {
  const store = atRest(bank, new Uint8Array(32).fill(9));

  it('come back under their own name only', async () => {
    const sealed = await store.seal('seeds/operator-1/1/1', utf8('secret'));
    const opened = await store.open('seeds/operator-1/1/1', sealed);
    expect(opened.ok && Buffer.from(opened.value).toString()).toBe('secret');
    const damaged = { fault: { code: 'database-damaged' } };
    expect(await store.open('seeds/operator-1/1/2', sealed)).toMatchObject(damaged);
    expect(await store.open('seeds/operator-1/1/1', 'AAAA')).toMatchObject(damaged);
    expect(await store.open('seeds/operator-1/1/1', '%')).toMatchObject(damaged);
    const other = atRest(bank, new Uint8Array(32).fill(8));
    expect(await other.open('seeds/operator-1/1/1', sealed)).toMatchObject(damaged);
  });
});
