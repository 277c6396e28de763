import { randomBytes, verify } from 'node:crypto';
import graphene from 'graphene-pk11';
import { afterAll, describe, expect, it } from 'vitest';
import { openToken } from '../../../electron/bank-server/ca/pkcs11/open-token.ts';
import {
  counterModeKey,
  kdf3Key,
} from '../../../electron/bank-server/key-service/diversification/counter-mode.ts';
import { emvKey } from '../../../electron/bank-server/key-service/diversification/emv.ts';
import {
  checkValueOf,
  masterKeyAlgorithms,
  masterKeyBytes,
  masterKeyInMemory,
} from '../../../electron/bank-server/key-service/diversification/master-key.ts';
import { masterKeysInToken } from '../../../electron/bank-server/key-service/master-key-store.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import { makeSoftToken } from '../../harness/soft-token.ts';

const token = makeSoftToken();
if (token === undefined) {
  it.skip('master keys in an HSM: SoftHSM2 is not installed', () => {});
} else {
  Object.assign(process.env, token.environment);
  const must = <T>(result: Result<T>): T => {
    if (!result.ok) throw new Error(JSON.stringify(result.fault));
    return result.value;
  };
  const hsm = must(openToken({ module: token.module, token: { label: token.label } }, token.pin));
  afterAll(() => {
    hsm.close();
    token.remove();
  });
  const aes = ['aes-128', 'aes-192', 'aes-256'] as const;
  const data = Buffer.from('00010203040506070809', 'hex');

  describe('a master key in an HSM', () => {
    it.each(aes)('%s: derives there what the same bytes derive here', async (algorithm) => {
      const bytes = randomBytes(masterKeyBytes[algorithm]);
      const there = must(hsm.newMasterKey(`import-${algorithm}`, algorithm, bytes));
      const here = masterKeyInMemory(algorithm, bytes);
      expect(await checkValueOf(there)).toBe(await checkValueOf(here));
      for (const length of [8, 16, 24, 32]) {
        expect(await counterModeKey(there, 'cardwright|piv-9b', data, length)).toEqual(
          await counterModeKey(here, 'cardwright|piv-9b', data, length),
        );
        expect(await kdf3Key(there, 'dek', data, length)).toEqual(await kdf3Key(here, 'dek', data, length));
      }
    });

    it('3des: likewise', async () => {
      const bytes = randomBytes(16);
      const there = must(hsm.newMasterKey('import-3des', '3des', bytes));
      const here = masterKeyInMemory('3des', bytes);
      expect(await checkValueOf(there)).toBe(await checkValueOf(here));
      for (const selection of ['emv', 'visa2'] as const)
        expect(await emvKey(there, selection, 'enc', data)).toEqual(
          await emvKey(here, selection, 'enc', data),
        );
    });

    it.each(masterKeyAlgorithms)(
      '%s: made there, another each time, found again by its label',
      async (algorithm) => {
        const store = masterKeysInToken(hsm);
        const one = must(store.make(`one-${algorithm}`, algorithm));
        const other = must(store.make(`other-${algorithm}`, algorithm));
        expect(await checkValueOf(one)).not.toBe(await checkValueOf(other));
        // A set-up that was cut off finds the one it has made.
        const again = must(store.make(`one-${algorithm}`, algorithm));
        expect(await checkValueOf(again)).toBe(await checkValueOf(one));
        const refused = { file: 'pkcs11', reason: 'label-taken', label: `one-${algorithm}` };
        expect(store.put(`one-${algorithm}`, algorithm, new Uint8Array(masterKeyBytes[algorithm]))).toEqual(
          fail('bank-keys-damaged', refused),
        );
      },
    );

    it('does not leave it, neither made nor put there, and decrypts and wraps nothing', () => {
      const secret = randomBytes(32);
      must(hsm.newMasterKey('shut-made', 'aes-256'));
      must(hsm.newMasterKey('shut-put', 'aes-256', secret));
      const session = graphene.Module.load(token.module, 'hsm')
        .getSlots(true)
        .items(0)
        .open(graphene.SessionFlag.SERIAL_SESSION);
      for (const label of ['shut-made', 'shut-put']) {
        const found = session.find({ class: graphene.ObjectClass.SECRET_KEY, label });
        const key = found.items(0).toType<graphene.SecretKey>();
        expect(() => key.getAttribute({ value: null })).toThrow('CKR_ATTRIBUTE_SENSITIVE');
        const may = {
          encrypt: null,
          sign: null,
          decrypt: null,
          verify: null,
          wrap: null,
          unwrap: null,
        } as const;
        expect({ ...key.getAttribute(may) }).toEqual({
          ...{ encrypt: true, sign: true, decrypt: false, verify: false, wrap: false, unwrap: false },
        });
        expect(() => session.wrapKey('AES_KEY_WRAP', key, key)).toThrow('CKR_KEY');
      }
      session.close();
    });

    it('is refused by name: none of this label, one that the token gives away, another algorithm', () => {
      const refusal = (reason: string, label: string) =>
        fail('bank-keys-damaged', { file: 'pkcs11', reason, label });
      expect(hsm.masterKey('nothing', 'aes-256')).toEqual(refusal('key', 'nothing'));
      must(hsm.newMasterKey('short', 'aes-128'));
      expect(hsm.masterKey('short', 'aes-256')).toEqual(refusal('algorithm', 'short'));
      const slots = graphene.Module.load(token.module, 'hsm').getSlots(true);
      const session = slots
        .items(0)
        .open(graphene.SessionFlag.RW_SESSION | graphene.SessionFlag.SERIAL_SESSION);
      session.generateKey(graphene.KeyGenMechanism.AES, {
        ...{ label: 'open', token: true, sensitive: false, extractable: true, sign: true, valueLen: 32 },
      });
      expect(hsm.masterKey('open', 'aes-256')).toEqual(refusal('readable', 'open'));
      session.close();
    });

    it('works beside the CA’s key on the same few sessions, each answer right', async () => {
      const signer = must(hsm.makeKey('ca-beside', 'p-256'));
      const bytes = randomBytes(32);
      const there = must(hsm.newMasterKey('beside', 'aes-256', bytes));
      const here = masterKeyInMemory('aes-256', bytes);
      const messages = Array.from({ length: 60 }, () => randomBytes(40));
      const [signatures, derived, encrypted] = await Promise.all([
        Promise.all(messages.map((each) => signer.sign(each))),
        Promise.all(messages.map((each) => there.cmac(each))),
        Promise.all(messages.map((each) => there.encrypt(each.subarray(0, 32)))),
      ]);
      for (const [at, each] of messages.entries()) {
        expect(verify('sha256', each, signer.publicKey, signatures[at]!)).toBe(true);
        expect(derived[at]).toEqual(await here.cmac(each));
        expect(encrypted[at]).toEqual(await here.encrypt(each.subarray(0, 32)));
      }
    });
  });
}
