import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import { readCardProfiles } from '../../../electron/station/readers/card-profiles.ts';
import {
  attestationObject,
  factoryManagementKey,
  managementKeyAuthenticator,
  parseCertificate,
  piv,
  verifyAttestation,
} from '../../../native/applications/piv/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { virtualPivCard, type VirtualPivCard } from '../../../native/virtual/index.ts';

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

const sessionOn = async (card: VirtualPivCard) => {
  const session = valueOf(await piv.open(openPipe({ transmit: async (one) => ok(card.transmit(one)) })));
  valueOf(await session.authenticateManagement(managementKeyAuthenticator('3des', factoryManagementKey)));
  return session;
};

const attested = async () => {
  const card = virtualPivCard({ attests: true });
  const session = await sessionOn(card);
  const publicKey = valueOf(await session.generateKey('9a', 'p-256'));
  const statement = valueOf(await session.attest('9a'))!;
  const intermediate = valueOf(parseCertificate(valueOf(await session.getObject(attestationObject))!));
  const maker = new X509Certificate(fromHex(card.state.piv.attestation!.root));
  return { card, session, publicKey, chain: { statement, intermediate, makers: [maker] } };
};

describe('the card’s word for its key', () => {
  it('is worth something under the certificate of a known maker, and only there', async () => {
    const { publicKey, chain } = await attested();
    expect(verifyAttestation(publicKey, chain)).toEqual(ok('known-maker'));
    expect(verifyAttestation(publicKey, { ...chain, makers: [] })).toEqual(ok('unknown-maker'));
    const other = await attested();
    expect(verifyAttestation(publicKey, { ...chain, makers: other.chain.makers })).toEqual(
      ok('unknown-maker'),
    );
  });

  it('is refused for another key, under another card’s attestation key, and when a bit of it is another', async () => {
    const { session, publicKey, chain } = await attested();
    const next = valueOf(await session.generateKey('9a', 'p-256'));
    expect(verifyAttestation(next, chain)).toEqual(fail('card-key-mismatch'));
    const other = await attested();
    const worthless = fail('card-bad-answer', { what: 'attestation' });
    expect(verifyAttestation(publicKey, { ...chain, intermediate: other.chain.intermediate })).toEqual(
      worthless,
    );
    for (let at = 0; at < chain.statement.length; at += 7) {
      const flipped = Uint8Array.from(chain.statement);
      flipped[at]! ^= 0x01;
      expect(verifyAttestation(publicKey, { ...chain, statement: flipped }).ok, `byte ${at}`).toBe(false);
    }
  });

  it('is not asked of a card that has none, and outlives a reset', async () => {
    const plain = await sessionOn(virtualPivCard());
    valueOf(await plain.generateKey('9a', 'p-256'));
    expect(await plain.attest('9a')).toEqual(ok(undefined));
    const { card, session } = await attested();
    valueOf(await session.reset());
    expect(card.state.piv.attestation).toBeDefined();
    expect(await session.attest('9a')).toEqual(ok(undefined));
  });

  it('has makers in the installation', () => {
    const { attestationRoots } = valueOf(readCardProfiles('resources'));
    expect(attestationRoots.map(({ subject }) => subject)).toEqual(['CN=Yubico PIV Root CA Serial 263751']);
    expect(attestationRoots.every((root) => root.ca && root.verify(root.publicKey))).toBe(true);
  });
});
