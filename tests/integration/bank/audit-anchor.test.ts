import { createHash, verify, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SignedTreeHead } from '../../../electron/shared/bank-api/index.ts';
import {
  encodeTreeHead,
  leafHash,
  nodesOf,
  treeRoot,
  verifyConsistency,
  verifyInclusion,
  type Hash,
} from '../../../electron/shared/codec/merkle/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';

const sha256: Hash = (message) => createHash('sha256').update(message).digest();
/** Hashes of a station's audit records. */
const records = Array.from({ length: 77 }, (_, at) => Buffer.from(sha256(Buffer.from(`record ${at}`))));
const base64 = (from: number, to: number) => records.slice(from, to).map((each) => each.toString('base64'));
const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));

let bank: TestBank;
let client: BankClient;
beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());

const isSigned = ({ certificate, signature, root, ...head }: SignedTreeHead): boolean =>
  verify(
    'sha256',
    encodeTreeHead({ ...head, root: bytes(root) }),
    new X509Certificate(Buffer.from(certificate, 'base64')).publicKey,
    Buffer.from(signature, 'base64'),
  );

describe('the tree over a station’s audit chain', () => {
  const heads: SignedTreeHead[] = [];

  it('grows by what is new, and every head is the root of exactly these leaves, signed by the bank', async () => {
    expect(await client.call('readTreeHead', {})).toMatchObject({ ok: false });
    const leaves = nodesOf(
      sha256,
      records.map((each) => leafHash(sha256, each)),
    );
    // Overlapping what is there already is no harm: a station may have lost an answer.
    for (const [from, to] of [
      [0, 1],
      [1, 6],
      [4, 32],
      [0, 33],
      [33, 77],
    ] as const) {
      const head = await client.must('anchorAudit', {}, { from, leaves: base64(from, to) });
      heads.push(head);
      expect(head.size).toBe(to);
      expect(bytes(head.root)).toEqual(new Uint8Array(await treeRoot(sha256, leaves, to)));
      expect(isSigned(head)).toBe(true);
      expect(isSigned({ ...head, size: to + 1 })).toBe(false);
    }
    expect(await client.must('readTreeHead', {})).toEqual(heads.at(-1));
    // The certificate is the bank's own.
    const ca = new X509Certificate(readFileSync(join(bank.stationFolder, 'bank-ca.pem')));
    const signer = new X509Certificate(Buffer.from(heads[0]!.certificate, 'base64'));
    expect(signer.verify(ca.publicKey)).toBe(true);
  });

  it('proves every leaf and every earlier head', async () => {
    const last = heads.at(-1)!;
    for (const index of [0, 31, 32, 63, 76]) {
      const { proof } = await client.must('proveInclusion', { index: String(index), size: '77' });
      const claim = { index, size: 77, root: bytes(last.root), proof: proof.map(bytes) };
      expect(verifyInclusion(sha256, { ...claim, leafHash: leafHash(sha256, records[index]!) })).toBe(true);
      expect(verifyInclusion(sha256, { ...claim, leafHash: leafHash(sha256, records[5]!) })).toBe(false);
    }
    for (const earlier of heads.slice(0, -1)) {
      const { proof } = await client.must('proveConsistency', { earlier: String(earlier.size), later: '77' });
      expect(
        verifyConsistency(sha256, {
          earlierSize: earlier.size,
          earlierRoot: bytes(earlier.root),
          laterSize: 77,
          laterRoot: bytes(last.root),
          proof: proof.map(bytes),
        }),
      ).toBe(true);
    }
  });

  it('refuses a changed record, a gap and proofs beyond it, and stays as it was', async () => {
    const changed = base64(70, 77);
    changed[3] = records[0]!.toString('base64');
    const forged = await client.call('anchorAudit', {}, { from: 70, leaves: [...changed, ...base64(0, 2)] });
    expect(forged).toMatchObject({
      problem: { fault: { code: 'audit-chain-broken', data: { record: 74 } } },
    });
    const gap = await client.call('anchorAudit', {}, { from: 78, leaves: base64(0, 1) });
    expect(gap).toMatchObject({ problem: { fault: { code: 'request-malformed', data: { size: 77 } } } });
    const short = await client.call('anchorAudit', {}, { from: 77, leaves: ['AAAA'] });
    expect(short).toMatchObject({ problem: { fault: { code: 'request-malformed' } } });
    for (const [index, size] of [
      ['77', '78'],
      ['77', '77'],
    ] as const)
      expect(await client.call('proveInclusion', { index, size })).toMatchObject({ ok: false });
    expect(await client.must('readTreeHead', {})).toEqual(heads.at(-1));
  });
});
