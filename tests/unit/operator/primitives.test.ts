import { readFileSync } from 'node:fs';
import { Aes128Gcm } from '@hpke/core';
import { describe, expect, it } from 'vitest';
import * as bankSide from '../../../electron/bank-server/operator/primitives.ts';
import * as operatorSide from '../../../electron/operator-platform/keys/primitives.ts';
import { fromHex, parseUtf8, toHex } from '../../../electron/shared/codec/index.ts';

interface HpkeVector {
  setup: Record<'mode' | 'kem_id' | 'kdf_id' | 'aead_id', string> & Record<string, string>;
  encryptions: { 'sequence number': string; pt: string; aad: string; ct: string }[];
  exports: { exporter_context: string; L: string; exported_value: string }[];
}
const { vectors }: { vectors: HpkeVector[] } = JSON.parse(
  readFileSync(new URL('../../vectors/hpke/hpke-rfc9180.json', import.meta.url), 'utf8'),
);
/** DHKEM(P-256), HKDF-SHA256, AES-128-GCM, PSK mode: the nearest to ours that is published. */
const vector = vectors.find(
  ({ setup }) => setup.kem_id === '16' && setup.kdf_id === '1' && setup.aead_id === '1' && setup.mode === '1',
)!;
const given = (name: string): Uint8Array => fromHex(vector.setup[name]!);

it('is the same in both programs', () => {
  const read = (path: string) => readFileSync(new URL(`../../../electron/${path}`, import.meta.url), 'utf8');
  expect(read('operator-platform/keys/primitives.ts')).toBe(read('bank-server/operator/primitives.ts'));
});

describe.each([
  ['bank', bankSide],
  ['operator', operatorSide],
])('the primitives of the %s', (_, { nodePrimitives, openHpke }) => {
  const hpke = openHpke(new Aes128Gcm(), parseUtf8(given('psk_id'))!);

  it('derive the key pairs of RFC 9180', async () => {
    const pair = await hpke.keyPair(given('ikmR'));
    expect(toHex(pair.publicKey)).toBe(vector.setup.pkRm);
    expect(toHex(pair.privateKey)).toBe(vector.setup.skRm);
  });

  it('open and export as RFC 9180', async () => {
    const receiver = await hpke.receive(given('skRm'), given('enc'), given('info'), given('psk'));
    const [first, second] = vector.encryptions;
    for (const each of [first!, second!])
      expect(toHex((await receiver!.open(fromHex(each.aad), fromHex(each.ct)))!)).toBe(each.pt);
    for (const each of vector.exports)
      expect(toHex(await receiver!.export(fromHex(each.exporter_context), Number(each.L)))).toBe(
        each.exported_value,
      );
  });

  it('seal and export what the other side opens and exports', async () => {
    const sender = await hpke.send(given('pkRm'), given('info'), given('psk'));
    const receiver = await hpke.receive(given('skRm'), sender.enc, given('info'), given('psk'));
    const sealed = await sender.seal(Uint8Array.of(1), Uint8Array.of(2, 3));
    expect(await receiver!.open(Uint8Array.of(1), sealed)).toEqual(Uint8Array.of(2, 3));
    expect(await sender.export(Uint8Array.of(9), 32)).toEqual(await receiver!.export(Uint8Array.of(9), 32));
  });

  it('open nothing with another psk, info, header or a point that is none', async () => {
    const [info, psk] = [given('info'), given('psk')];
    const sender = await hpke.send(given('pkRm'), info, psk);
    const sealed = await sender.seal(Uint8Array.of(1), Uint8Array.of(2));
    const open = async (enc: Uint8Array, info_: Uint8Array, psk_: Uint8Array, aad: Uint8Array) =>
      (await hpke.receive(given('skRm'), enc, info_, psk_))?.open(aad, sealed);
    const other = new Uint8Array(32).fill(1);
    expect(await open(sender.enc, info, other, Uint8Array.of(1))).toBeUndefined();
    expect(await open(sender.enc, other, psk, Uint8Array.of(1))).toBeUndefined();
    expect(await open(sender.enc, info, psk, Uint8Array.of(0))).toBeUndefined();
    const noPoint = new Uint8Array(65).fill(4);
    expect(await open(noPoint, info, psk, Uint8Array.of(1))).toBeUndefined();
    expect(await open(new Uint8Array(0), info, psk, Uint8Array.of(1))).toBeUndefined();
  });

  it('seal with AES-256-GCM as its published case', () => {
    const { seal, open } = nodePrimitives();
    // GCM specification (McGrew, Viega), test case 14: key and nonce zero, one block of zeros.
    const [key, nonce, block, none] = [32, 12, 16, 0].map((length) => new Uint8Array(length)) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      Uint8Array,
    ];
    const sealed = seal(key, nonce, block, none);
    expect(toHex(sealed)).toBe('cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919');
    expect(new Uint8Array(open(key, nonce, sealed, none)!)).toEqual(block);
    for (const at of sealed.keys()) {
      const changed = sealed.map((byte, place) => (place === at ? byte ^ 1 : byte));
      expect(open(key, nonce, changed, none)).toBeUndefined();
    }
    expect(open(key, nonce, sealed.slice(1), none)).toBeUndefined();
    expect(open(key, nonce, sealed.slice(0, 15), none)).toBeUndefined();
    expect(open(key, nonce, sealed, block)).toBeUndefined();
  });
});
