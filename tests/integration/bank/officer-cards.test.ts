import {
  createHash,
  createPublicKey,
  generateKeyPairSync,
  sign,
  X509Certificate,
  type KeyObject,
} from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  aboutEnrolment,
  aboutRelease,
  aboutRevocation,
  officerActText,
  type OfficerAct,
  type OfficerCard,
  type OfficerRole,
  type SignedAct,
} from '../../../electron/shared/domain/index.ts';
import { makeCertificateRequest } from '../../../electron/station/bank/certificate-request.ts';
import { bankSignerDefect } from '../../../native/applications/sd/index.ts';
import { bankClient, type BankClient } from '../../harness/bank-client.ts';
import { startInProcess, type InProcessBank } from '../../harness/standalone-in-process.ts';
import { must } from '../../harness/start-station.ts';

/*
 * A bank that is no training bank, and officers whose cards are keys in this process: what the bank takes, and from
 * whom. How the station makes the cards and signs: tests/integration/station/officer-cards.test.ts.
 */

let bank: InProcessBank;
let client: BankClient;
let stationId = '';
let bankId = '';

beforeAll(async () => {
  bank = await startInProcess();
  client = bankClient(bank.apiOrigin, bank.stationFolder);
  ({ bankId } = await client.must('status', {}));
}, 120_000);
afterAll(async () => {
  client.close();
  await bank.stop();
});

interface Holder {
  readonly officerId: string;
  readonly role: OfficerRole;
  readonly key: KeyObject;
  readonly certificate: string;
  readonly card: OfficerCard;
}

const faultOf = (answer: { ok: boolean; problem?: { fault: object } }) => answer.problem?.fault;

const signedBy = (
  holder: Pick<Holder, 'officerId' | 'key' | 'certificate'>,
  act: OfficerAct['act'],
  about: OfficerAct['about'],
  more: Partial<OfficerAct> = {},
): SignedAct => {
  const { officerId, key, certificate } = holder;
  const at = new Date().toISOString();
  const text = officerActText({ act, bankId, stationId, officerId, at, about, ...more });
  return { text, signature: sign('sha256', Buffer.from(text), key).toString('base64'), certificate };
};

let medium = 0;
interface Wish {
  readonly by?: Holder | undefined;
  readonly signed?: SignedAct;
  readonly medium?: string;
  readonly key?: KeyObject;
}
const order = async (officerId: string, role: OfficerRole, wish: Wish = {}) => {
  const key = wish.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const request = must(
    await makeCertificateRequest({
      order: { profile: 'officer', algorithm: 'p-256', subject: 'CN=whatever it says' },
      publicKey: createPublicKey(key).export({ format: 'der', type: 'spki' }),
      sign: async (bytes) => ({ ok: true, value: sign('sha256', bytes, key) }),
    }),
  );
  const identity = wish.medium ?? `0fc0ffe${(medium += 1)}`;
  const officer = { officerId, role, name: `Officer ${officerId}` };
  const about = aboutEnrolment({ ...officer, branch: 'Main', mediumIdentity: identity });
  const signed = wish.signed ?? (wish.by && signedBy(wish.by, 'enrol-officer-card', about));
  const orderedBy = { officerId: wish.by?.officerId ?? officerId, role: wish.by?.role ?? role };
  const answer = await client.call(
    'certifyOfficerCard',
    {},
    {
      officer,
      branch: 'Main',
      medium: { identity, serial: identity.slice(-4) },
      request: Buffer.from(request).toString('base64'),
      orderedBy,
      ...(signed && { signed }),
    },
  );
  return { answer, key, signed };
};
const card = async (officerId: string, role: OfficerRole, wish: Wish = {}): Promise<Holder> => {
  const { answer, key } = await order(officerId, role, wish);
  if (!answer.ok) throw new Error(JSON.stringify(answer.problem.fault));
  stationId = answer.value.card.stationId;
  const { certificateSha256 } = answer.value.card;
  const active = await client.must(
    'activateOfficerCard',
    { certificateSha256 },
    { orderedBy: { officerId: wish.by?.officerId ?? officerId, role: 'manager' } },
  );
  return { officerId, role, key, certificate: answer.value.certificate, card: active.card };
};

describe('cards of a station’s officers', () => {
  let first: Holder;
  let second: Holder;

  it('begin with its first manager, on the station’s word, and never again after', async () => {
    expect(faultOf((await order('T-1', 'teller')).answer)).toMatchObject({ code: 'not-allowed' });
    first = await card('M-1', 'manager');
    expect(first.card).toMatchObject({ state: 'active', role: 'manager', branch: 'Main', issuedBy: 'M-1' });
    expect(faultOf((await order('M-2', 'manager')).answer)).toMatchObject({
      code: 'officer-signature-needed',
    });
  });

  it('are ordered by a manager for somebody else; one signed order makes one card', async () => {
    expect(faultOf((await order('M-1', 'manager', { by: first })).answer)).toMatchObject({
      code: 'second-officer-needed',
    });
    const { answer, signed } = await order('M-2', 'manager', { by: first, medium: '0badcafe' });
    expect(answer.ok).toBe(true);
    const again = await order('M-2', 'manager', { by: first, signed: signed!, medium: '0badcafe' });
    expect(faultOf(again.answer)).toMatchObject({
      code: 'officer-signature-refused',
      data: { reason: 'used' },
    });
    // For another officer, or on another card, it is no order at all.
    for (const wish of [{ officerId: 'M-3' }, { medium: '0badbeef' }]) {
      const other = await order(wish.officerId ?? 'M-2', 'manager', {
        by: first,
        signed: signed!,
        medium: wish.medium ?? '0badcafe',
      });
      expect(faultOf(other.answer)).toMatchObject({ data: { reason: 'text' } });
    }
    // A copy of a key that is on another card.
    expect(faultOf((await order('M-4', 'manager', { by: first, key: first.key })).answer)).toMatchObject({
      code: 'csr-refused',
      data: { reason: 'key-in-use' },
    });
    second = await card('M-2', 'manager', { by: first });
    const technician = await card('Z-1', 'technician', { by: second });
    // A technician's card is good for signing in, and for no order.
    expect(faultOf((await order('T-9', 'teller', { by: technician })).answer)).toMatchObject({
      code: 'not-allowed',
    });
  });

  it('sign what is decided: exactly that, now, by whom it is, with a card that is good', async () => {
    const mediumIdentity = '00c0ffee';
    await client.must('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
    const asked = { finding: 'as-recorded', reason: 'loose contact' } as const;
    const { releaseId } = await client.must(
      'askQuarantineRelease',
      { mediumIdentity },
      { ...asked, officer: { officerId: 'Z-1', role: 'technician' } },
    );
    const about = aboutRelease({ releaseId, mediumIdentity, ...asked, askedBy: 'Z-1', note: 'seen' });
    const decide = async (signed: SignedAct | undefined, officerId = 'M-2') =>
      faultOf(
        await client.call(
          'decideQuarantineRelease',
          { releaseId },
          {
            approved: true,
            reason: 'seen',
            officer: { officerId, role: 'manager' },
            ...(signed && { signed }),
          },
        ),
      );
    const release = 'release-from-quarantine';
    const refused = (reason: string) => ({ code: 'officer-signature-refused', data: { reason } });
    const old = { at: new Date(Date.now() - 11 * 60_000).toISOString() };
    const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

    expect(await decide(undefined)).toMatchObject({ code: 'officer-signature-needed' });
    const wrong: [SignedAct, string][] = [
      [signedBy(second, 'leave-in-quarantine', about), 'text'],
      [signedBy(second, release, [...about.slice(0, -1), ['note', 'other']]), 'text'],
      [signedBy(second, release, about, { stationId: 'elsewhere' }), 'text'],
      [signedBy(second, release, about, { bankId: 'another' }), 'text'],
      [{ ...signedBy(second, release, about), text: 'yes' }, 'text'],
      [signedBy(second, release, about, old), 'time'],
      [signedBy({ ...second, key: stranger }, release, about), 'signature'],
      [signedBy({ ...second, certificate: first.certificate }, release, about), 'officer'],
      [
        signedBy({ ...second, certificate: Buffer.alloc(40, 7).toString('base64') }, release, about),
        'certificate',
      ],
    ];
    for (const [signed, reason] of wrong) expect(await decide(signed)).toMatchObject(refused(reason));
    expect(await decide(signedBy(second, release, about))).toBeUndefined();
  });

  it('are over when they are lost, replaced, or never finished; what they sign then counts for nothing', async () => {
    const third = await card('M-3', 'manager', { by: second });
    const newer = await card('M-3', 'manager', { by: second });
    const read = async ({ card: { certificateSha256 } }: Holder) =>
      (await client.must('readOfficerCard', { certificateSha256 })).card;
    expect(await read(third)).toMatchObject({ state: 'revoked', reason: 'superseded' });
    expect(faultOf((await order('T-2', 'teller', { by: third })).answer)).toMatchObject({
      data: { reason: 'certificate-over' },
    });
    const pending = await order('M-4', 'manager', { by: newer });
    if (!pending.answer.ok) throw new Error('no card');
    const unfinished = {
      officerId: 'M-4',
      role: 'manager',
      key: pending.key,
      ...pending.answer.value,
    } as const;
    expect(faultOf((await order('T-2', 'teller', { by: unfinished })).answer)).toMatchObject({
      data: { reason: 'card' },
    });

    const { certificateSha256 } = newer.card;
    const end = (signed?: SignedAct) =>
      client.call(
        'revokeOfficerCard',
        { certificateSha256 },
        { reason: 'lost', orderedBy: { officerId: 'M-2', role: 'manager' }, ...(signed && { signed }) },
      );
    expect(faultOf(await end())).toMatchObject({ code: 'officer-signature-needed' });
    const about = aboutRevocation({ certificateSha256, officerId: 'M-3', reason: 'lost' });
    expect((await end(signedBy(second, 'revoke-officer-card', about))).ok).toBe(true);
    expect(await read(newer)).toMatchObject({ state: 'revoked', reason: 'lost', endedBy: 'M-2' });
    expect(faultOf((await order('T-2', 'teller', { by: newer })).answer)).toMatchObject({
      data: { reason: 'certificate-over' },
    });
  });

  it('are no customers’ media, and keep the whole order as evidence', async () => {
    const { mediumIdentity } = second.card;
    const again = await order('T-3', 'teller', { by: first, medium: mediumIdentity });
    expect(faultOf(again.answer)).toMatchObject({ code: 'officer-card-in-use' });
    const { cards } = await client.must('findOfficerCards', {});
    expect(new Set(cards.map(({ certificateSha256 }) => certificateSha256)).size).toBe(cards.length);
    const live = cards.filter(({ state }) => state === 'active').map(({ officerId }) => officerId);
    expect(new Set(live).size).toBe(live.length);
    // Of the officers a station names, wherever their cards were made.
    const named = await client.must('findOfficerCards', { officers: 'M-2,NOBODY' });
    expect(named.cards.map(({ officerId }) => officerId)).toContain('M-2');
    expect(new Set(named.cards.map(({ officerId }) => officerId)).size).toBe(1);
    expect(named.cards[0]).toMatchObject({ state: 'active' });
    const der = Buffer.from(second.certificate, 'base64');
    expect(createHash('sha256').update(der).digest('hex')).toBe(second.card.certificateSha256);
  });

  it('sign for their officer and never for the bank', () => {
    const cas = [new X509Certificate(readFileSync(join(bank.stationFolder, 'bank-ca.pem')))];
    const officers = new X509Certificate(Buffer.from(second.certificate, 'base64'));
    expect(bankSignerDefect(officers, cas, new Date())).toBe('signer-purpose');
  });

  it('begin anew when the bank’s own people say so: all managers’ cards end, and one is ordered alone again', async () => {
    expect((await client.must('findOfficerCards', {})).firstManager).toBe(false);
    const done = await bank.command('reopen-officer-set-up', stationId, '--officer', 'operations');
    expect(done).toMatchObject({ kind: 'reopened', stationId, ended: expect.any(Number) });
    const { cards, firstManager } = await client.must('findOfficerCards', {});
    expect(firstManager).toBe(true);
    expect(cards.filter(({ role, state }) => role === 'manager' && state !== 'revoked')).toEqual([]);
    const third = await card('M-9', 'manager');
    expect(third.card).toMatchObject({ state: 'active', issuedBy: 'M-9' });
    expect(faultOf((await order('M-8', 'manager')).answer)).toMatchObject({
      code: 'officer-signature-needed',
    });
  });
});

describe('the code for a station’s first manager', () => {
  it('opens the station that it was given out for and no other, for one officer', async () => {
    const codeFor = async (station: string): Promise<string> => {
      const admitted = await bank.command('admit-first-manager', station, '--officer', 'operations');
      return (admitted as { code: string }).code;
    };
    const admit = (officerId: string, code: string) =>
      client.call('admitFirstManager', {}, { officerId, code });
    const refused = { code: 'first-manager-code-refused' };
    expect(faultOf(await admit('M-1', await codeFor('station-of-others')))).toMatchObject(refused);
    const code = await codeFor(stationId);
    expect((await admit('M-1', code)).ok).toBe(true);
    expect((await admit('M-1', code)).ok).toBe(true);
    expect(faultOf(await admit('M-2', code))).toMatchObject(refused);
    // Another one takes its place.
    const next = await codeFor(stationId);
    expect(faultOf(await admit('M-1', code))).toMatchObject(refused);
    expect((await admit('M-2', next)).ok).toBe(true);
    await expect(bank.command('admit-first-manager', 'no station', '--officer', 'x')).rejects.toThrow(
      'bad-input',
    );
    await expect(bank.command('admit-first-manager', stationId)).rejects.toThrow('--officer is missing');
  });
});
