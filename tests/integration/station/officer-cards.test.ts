import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, portPair, stationContract } from '../../../electron/shared/contract/index.ts';
import type { AuditRecord } from '../../../electron/shared/contract/index.ts';
import { fail, type Result } from '../../../electron/shared/result/index.ts';
import { evidenceFiles } from '../../../electron/station/audit/evidence-files.ts';
import { trainingOfficers } from '../../../electron/station/officers/training-officers.ts';
import { virtualPivCard, type VirtualPivCard } from '../../../native/virtual/index.ts';
import type { BankClient } from '../../harness/bank-client.ts';
import { openssl } from '../../harness/openssl.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  clientOf,
  goOn,
  must,
  recognisedIn,
  startIssuance,
  startTestStation,
  type Screen,
  type TestStation,
} from '../../harness/start-station.ts';

const second = 'Second reader';
let bank: TestBank;
let client: BankClient;
let station: TestStation;
let manager: Screen;

beforeAll(async () => {
  bank = await startBank();
  client = bank.client();
});
afterAll(() => bank.stop());
beforeEach(async () => {
  station = await startTestStation({ bank, options: { officerCardGraceMs: 0 } });
  manager = await station.window('manager');
  await connected(manager);
});
afterEach(async () => {
  expect(station.bugs).toEqual([]);
  await station.stop();
});

const connected = async (screen: Screen) => {
  for (let tries = 0; tries < 500; tries++) {
    if (must(await screen.call('station.describe', {})).connection.bank.state === 'connected') return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the bank was not reached');
};
const faultOf = (result: Result<unknown>) => (result.ok ? undefined : result.fault.code);
const officer = (role: 'teller' | 'manager' | 'technician') =>
  trainingOfficers.find((each) => each.role === role)!;
const window = (): Screen => {
  const [screenEnd, stationEnd] = portPair();
  station.station.attach(stationEnd, 'officer');
  return connect(stationContract, screenEnd);
};
const put = async (reader: string, card: VirtualPivCard) => {
  must(station.counter.cards.remove(reader));
  must(station.counter.cards.insert(reader, card));
  await recognisedIn(station, reader);
};
/** A card of its own for somebody, in the second reader. */
const enrolled = async (role: 'teller' | 'manager' | 'technician'): Promise<VirtualPivCard> => {
  const card = virtualPivCard({ form: 'smart-card' });
  await put(second, card);
  const { officerId, cardPin } = officer(role);
  must(await manager.call('officers.enrolCard', { officerId, card: { reader: second, pin: cardPin } }));
  await recognisedIn(station, second);
  return card;
};
const signIn = (screen: Screen, role: 'teller' | 'manager' | 'technician', card?: object) => {
  const { officerId, password, cardPin } = officer(role);
  return screen.call('officers.signIn', {
    officerId,
    password,
    card: { reader: second, pin: cardPin, ...card },
  });
};
const logged = async (filter: { event?: string; text?: string }): Promise<AuditRecord[]> =>
  must(await manager.call('audit.search', { filter, limit: 50 })).records.toReversed();
const locked = async (screen: Screen) => {
  for (let tries = 0; tries < 500; tries++) {
    if (must(await screen.call('officers.session', {})).locked === true) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  throw new Error('the window was not locked');
};
/** Everything that a command prints, also when it says no. */
const inShell = (command: string, folder: string): Promise<string> =>
  new Promise((resolve) => {
    execFile('/bin/sh', ['-c', `${command} 2>&1`], { cwd: folder }, (_error, output) => {
      resolve(output);
    });
  });
const cardOf = async (officerId: string) =>
  (await client.must('findOfficerCards', {})).cards.find(
    (card) => card.officerId === officerId && card.state === 'active',
  );

describe("an officer's own card", () => {
  test('is made, says whose it is, and opens the station with the password and its PIN', async () => {
    const card = await enrolled('teller');
    const readers = must(await window().call('officers.readers', {})).readers;
    expect(readers.find(({ reader }) => reader === second)).toMatchObject({
      holds: 'officer-card',
      officerCard: { officerId: 'lina', role: 'teller', triesLeft: 3, pinAtReader: false },
    });
    const screen = window();
    expect(await signIn(screen, 'teller')).toMatchObject({ ok: true, value: { officerId: 'lina' } });
    const known = await cardOf('lina');
    expect(known).toMatchObject({ state: 'active', issuedBy: 'wangqiang', branch: 'Training branch' });
    expect((await logged({ event: 'officer.signed-in' })).at(-1)).toMatchObject({
      officerId: 'lina',
      data: { role: 'teller', card: known?.certificateSerial, bankAsked: true },
    });
    // The bank's PUK and management key are on it, and a PIN that is not the factory's.
    expect(card.state.piv.pin.value).not.toContain('313233343536');
  });

  test('costs no try when it is somebody else’s, or no officer’s; a wrong PIN costs one and says how many are left', async () => {
    const card = await enrolled('teller');
    const screen = window();
    expect(await signIn(screen, 'manager')).toMatchObject({
      fault: { code: 'officer-card-of-another', data: { officerId: 'lina' } },
    });
    expect(faultOf(await signIn(screen, 'teller', { reader: cardReader }))).toBe('officer-card-wrong');
    expect(card.state.piv.pin.left).toBe(3);
    expect(await signIn(screen, 'teller', { pin: '99999917' })).toMatchObject({
      fault: { code: 'officer-pin-wrong', data: { triesLeft: 2 } },
    });
    const triesLeft = async () =>
      must(await screen.call('officers.readers', {})).readers.find(({ reader }) => reader === second)
        ?.officerCard?.triesLeft;
    for (let tries = 0; tries < 200 && (await triesLeft()) !== 2; tries++)
      await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await triesLeft()).toBe(2);
    expect(faultOf(await signIn(screen, 'teller', { pin: '99' }))).toBe('officer-pin-format');
    expect(faultOf(await signIn(screen, 'teller', { pin: '88888817' }))).toBe('officer-pin-wrong');
    // One is left, and the station does not use it, not even for the right PIN.
    expect(faultOf(await signIn(screen, 'teller'))).toBe('officer-pin-last-try');
    expect(card.state.piv.pin.left).toBe(1);
    card.state.piv.pin.left = 0;
    expect(faultOf(await signIn(screen, 'teller'))).toBe('officer-pin-blocked');
    // In no log, no trace of what was said to the card, no file of the station's.
    const technician = await station.window('technician');
    const trace = must(await technician.call('devices.trace', { limit: 1000 })).lines;
    expect(trace.length).toBeGreaterThan(50);
    const text = JSON.stringify([await logged({}), trace]);
    const files = readdirSync(station.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name)));
    expect(files.length).toBeGreaterThan(1);
    for (const secret of ['99999917', '88888817', officer('teller').cardPin]) {
      const hex = Buffer.from(secret).toString('hex');
      for (const form of [secret, hex]) {
        expect(text).not.toContain(form);
        expect(files.filter((file) => file.includes(form))).toEqual([]);
      }
    }
  });

  test('is of no use once its certificate is over, or the bank has ended it', async () => {
    await enrolled('teller');
    const screen = window();
    const { certificateSha256 } = (await cardOf('lina'))!;
    must(await manager.call('officers.revokeCard', { certificateSha256, reason: 'lost' }));
    expect(faultOf(await signIn(screen, 'teller'))).toBe('officer-card-revoked');
    const der = (await client.must('readOfficerCard', { certificateSha256 })).card;
    expect(der).toMatchObject({ state: 'revoked', reason: 'lost', endedBy: 'wangqiang' });
  });

  test('takes the place of the one before; a revoked one can be made anew on the same medium', async () => {
    const first = await enrolled('teller');
    const before = await cardOf('lina');
    await enrolled('teller');
    expect((await cardOf('lina'))?.certificateSha256).not.toBe(before?.certificateSha256);
    const { card } = await client.must('readOfficerCard', {
      certificateSha256: before!.certificateSha256,
    });
    expect(card).toMatchObject({ state: 'revoked', reason: 'superseded' });
    await put(second, first);
    expect(faultOf(await signIn(window(), 'teller'))).toBe('officer-card-revoked');
    const { officerId, cardPin } = officer('technician');
    must(await manager.call('officers.enrolCard', { officerId, card: { reader: second, pin: cardPin } }));
    await recognisedIn(station, second);
    expect(await signIn(window(), 'technician')).toMatchObject({ ok: true });
  });

  test('is never taken for a customer’s blank card, nor wiped; and a customer’s is no officer’s', async () => {
    await enrolled('teller');
    const { readers } = must(await station.teller.call('devices.list', {}));
    expect(readers.find(({ reader }) => reader === second)?.medium?.refusals).toMatchObject([
      { code: 'officer-card-in-use', data: { officerId: 'lina' } },
    ]);
    const technician = await station.window('technician');
    const { runId } = must(
      await technician.call('reprovision.wipe', { reader: second, reason: 'superseded' }),
    );
    for (let tries = 0; tries < 200; tries++) {
      const { state } = must(await technician.call('runs.read', { runId }));
      if (state.kind === 'failed') break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(must(await technician.call('runs.read', { runId })).state).toMatchObject({
      kind: 'failed',
      fault: { code: 'officer-card-in-use' },
    });
    must(await technician.call('runs.undo', { runId }));
    // An active one is not enrolled over either.
    const { officerId, cardPin } = officer('technician');
    expect(
      faultOf(
        await manager.call('officers.enrolCard', { officerId, card: { reader: second, pin: cardPin } }),
      ),
    ).toBe('officer-card-in-use');
    expect(await signIn(window(), 'teller')).toMatchObject({ ok: true });
  });
});

describe('an enrolment that stops half-way', () => {
  test('leaves a card that nobody signs in with, and begins anew on it', async () => {
    const card = virtualPivCard({ form: 'smart-card' });
    await put(second, card);
    const { officerId, cardPin } = officer('technician');
    let at = 0;
    for (const operation of [4, 12, 20, 26, 30, 34]) {
      station.counter.cards.script(second).pullAt(operation, 'after');
      const broken = await manager.call('officers.enrolCard', {
        officerId,
        card: { reader: second, pin: cardPin },
      });
      if (broken.ok) break;
      at += 1;
      station.counter.cards.script(second).clear();
      await put(second, card);
      expect(faultOf(await signIn(window(), 'technician'))).not.toBe(undefined);
    }
    expect(at).toBeGreaterThan(2);
    station.counter.cards.script(second).clear();
    await put(second, card);
    must(await manager.call('officers.enrolCard', { officerId, card: { reader: second, pin: cardPin } }));
    await recognisedIn(station, second);
    expect(await signIn(window(), 'technician')).toMatchObject({ ok: true });
  });
});

describe('a window whose card is pulled', () => {
  test('is locked, and goes on with the card and its PIN; the issuance is not lost', async () => {
    const card = await enrolled('teller');
    const screen = window();
    must(await signIn(screen, 'teller'));
    const { runId } = must(
      await startIssuance({ ...station, teller: screen }, bank, bank.customers[0]!.customerId),
    );
    station.counter.cards.remove(second);
    await locked(screen);
    expect(faultOf(await screen.call('runs.list', {}))).toBe('not-allowed');
    expect(must(await screen.call('officers.session', {}))).toMatchObject({
      officer: { officerId: 'lina' },
      locked: true,
    });
    must(station.counter.cards.insert(second, card));
    await recognisedIn(station, second);
    expect(faultOf(await screen.call('runs.list', {}))).toBe('not-allowed');
    const { cardPin } = officer('teller');
    expect(faultOf(await screen.call('officers.unlock', { reader: second, pin: '111111' }))).toBe(
      'officer-pin-wrong',
    );
    must(await screen.call('officers.unlock', { reader: second, pin: cardPin }));
    const view = await goOn({ ...station, teller: screen }, bank, runId, 'sim');
    expect(view.state.kind).toBe('completed');
    expect((await logged({ event: 'officer.locked' })).at(-1)).toMatchObject({ officerId: 'lina' });
    expect((await logged({ event: 'officer.unlocked' })).at(-1)).toMatchObject({ officerId: 'lina' });
  });

  test('does not open for another officer’s card', async () => {
    await enrolled('teller');
    const screen = window();
    must(await signIn(screen, 'teller'));
    station.counter.cards.remove(second);
    await locked(screen);
    await enrolled('technician');
    const { cardPin } = officer('technician');
    expect(faultOf(await screen.call('officers.unlock', { reader: second, pin: cardPin }))).toBe(
      'officer-card-of-another',
    );
    must(await screen.call('officers.signOut', {}));
    expect(must(await screen.call('officers.session', {}))).toEqual({});
  });
});

describe('a decision by signature', () => {
  const waiting = async (mediumIdentity: string) => {
    await client.must('quarantineCard', { mediumIdentity }, { reason: 'management-key' });
    const technician = await station.window('technician');
    return must(
      await technician.call('quarantine.askRelease', {
        mediumIdentity,
        finding: 'as-recorded',
        reason: 'loose contact\nact: none',
      }),
    ).releaseId;
  };

  test('is shown line by line, signed, checked by station and bank, and proven by openssl from the log alone', async () => {
    await enrolled('manager');
    const screen = window();
    must(await signIn(screen, 'manager'));
    const releaseId = await waiting('00aa7001');
    const order = { releaseId, approved: true, reason: 'seen it' };
    const { actId, lines } = must(
      await screen.call('officers.prepareAct', { act: 'decide-release', ...order }),
    );
    expect(lines.map(([name]) => name)).toEqual(
      'act bank station officer time release card finding found asked-by note'.split(' '),
    );
    const { cardPin } = officer('manager');
    const card = { reader: second, pin: cardPin };
    // Neither the password nor another decision passes for it.
    expect(faultOf(await screen.call('quarantine.decide', { ...order, password: 'training-manager' }))).toBe(
      'officer-signature-needed',
    );
    const approval = { actId: actId!, card };
    expect(faultOf(await screen.call('quarantine.decide', { ...order, reason: 'other', approval }))).toBe(
      'officer-act-expired',
    );
    const shown = must(await screen.call('officers.prepareAct', { act: 'decide-release', ...order }));
    must(await screen.call('quarantine.decide', { ...order, approval: { actId: shown.actId!, card } }));

    const [record] = (await logged({ event: 'quarantine.decided' })).slice(-1);
    const { signedText, signature, certificate } = record!.data as Record<string, string>;
    for (const [name, value] of shown.lines)
      expect(signedText!.split('\n')).toContain(`${name}: ${JSON.stringify(value).slice(1, -1)}`);
    const file = (name: string, bytes: string | Buffer) => {
      writeFileSync(join(station.folder, name), bytes);
      return join(station.folder, name);
    };
    const pem = `-----BEGIN CERTIFICATE-----\n${certificate!.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`;
    const certificateFile = file('officer.pem', pem);
    file('officer.pub', await openssl('x509', '-in', certificateFile, '-pubkey', '-noout'));
    const check = (text: string) =>
      openssl(
        'dgst',
        '-sha256',
        '-verify',
        join(station.folder, 'officer.pub'),
        '-signature',
        file('act.sig', Buffer.from(signature!, 'base64')),
        file('act.txt', text),
      );
    expect(await check(signedText!)).toContain('Verified OK');
    expect(await check(signedText!.replace('as-recorded', 'factory'))).toContain('Verification failure');
    const ca = join(bank.stationFolder, 'bank-ca.pem');
    expect(await openssl('verify', '-CAfile', ca, certificateFile)).toContain('OK');
    expect(await openssl('x509', '-in', certificateFile, '-noout', '-subject', '-nameopt', 'utf8')).toMatch(
      /title ?= ?manager/,
    );
    expect(must(await manager.call('audit.verify', {})).intact).toBe(true);

    const [other] = await logged({ event: 'officer-card.enrolled' });
    expect(
      faultOf(await manager.call('audit.exportEvidence', { sequence: other!.sequence, locale: 'en' })),
    ).toBe('bad-input');
    for (const locale of ['en', 'zh-CN'] as const) {
      const saved = must(await manager.call('audit.exportEvidence', { sequence: record!.sequence, locale }));
      expect(basename(saved.path)).toMatch(`TRAINING-evidence-${record!.sequence}-`);
      const readMe = readFileSync(join(saved.path, 'README.txt'), 'utf8');
      const commands = [...readMe.matchAll(/^ {4}(.+)$/gm)].map(([, command]) => command!);
      expect(commands).toHaveLength(5);
      const says: string[] = [];
      for (const command of commands) says.push(await inShell(command, saved.path));
      expect(says).toEqual([
        expect.stringMatching(/^(\S+: OK\n){5}$/),
        expect.stringMatching(/title ?= ?manager/),
        '',
        'Verified OK\n',
        'officer.pem: OK\n',
      ]);
      expect((await logged({ event: 'evidence.exported' })).at(-1)).toMatchObject({
        outcome: 'ok',
        officerId: 'wangqiang',
        data: { record: record!.sequence, sha256: saved.sha256 },
      });
      expect(await inShell('sha256sum SHA256SUMS', saved.path)).toContain(saved.sha256);
      // What is changed afterwards does not pass.
      const textFile = join(saved.path, 'act.txt');
      writeFileSync(textFile, signedText!.replace('as-recorded', 'factory'));
      expect(await inShell(commands[0]!, saved.path)).toContain('act.txt: FAILED');
      expect(await inShell(commands[3]!, saved.path)).toContain('Verification failure');
    }
  });

  test('that was changed in the log, or signed by no card of the bank, is not exported as evidence', async () => {
    await enrolled('manager');
    const screen = window();
    must(await signIn(screen, 'manager'));
    const order = { releaseId: await waiting('00aa7004'), approved: false, reason: '' };
    const { actId } = must(await screen.call('officers.prepareAct', { act: 'decide-release', ...order }));
    const card = { reader: second, pin: officer('manager').cardPin };
    must(await screen.call('quarantine.decide', { ...order, approval: { actId: actId!, card } }));
    const [record] = (await logged({ event: 'quarantine.decided' })).slice(-1);
    const ca = new X509Certificate(readFileSync(join(bank.stationFolder, 'bank-ca.pem')));
    const place = { stationId: 'ST', training: false };
    expect(evidenceFiles(record!, [ca], place, 'en')).toMatchObject({ ok: true });
    const broken = { ok: false, fault: { code: 'audit-chain-broken', data: { record: record!.sequence } } };
    const changed = (data: object): AuditRecord => ({ ...record!, data: { ...record!.data, ...data } });
    const text = String(record!.data.signedText);
    for (const strange of [
      changed({ signedText: text.replace('as-recorded', 'factory') }),
      changed({ signedText: `${text}note: more\n` }),
      changed({ certificate: ca.raw.toString('base64') }),
      changed({ signature: 'MAA=' }),
    ])
      expect(evidenceFiles(strange, [ca], place, 'en')).toMatchObject(broken);
    expect(evidenceFiles(record!, [], place, 'en')).toMatchObject(broken);
  });

  test('is not taken from who asked, nor with another officer’s card', async () => {
    await enrolled('manager');
    const screen = window();
    must(await signIn(screen, 'manager'));
    await client.must('quarantineCard', { mediumIdentity: '00aa7002' }, { reason: 'management-key' });
    const { releaseId } = await client.must(
      'askQuarantineRelease',
      { mediumIdentity: '00aa7002' },
      {
        finding: 'as-recorded',
        reason: 'my own',
        officer: { officerId: 'wangqiang', role: 'technician' },
      },
    );
    const order = { releaseId, approved: true, reason: '' };
    const shown = must(await screen.call('officers.prepareAct', { act: 'decide-release', ...order }));
    const { cardPin } = officer('manager');
    const approval = { actId: shown.actId!, card: { reader: second, pin: cardPin } };
    expect(faultOf(await screen.call('quarantine.decide', { ...order, approval }))).toBe(
      'second-officer-needed',
    );
    const other = { ...approval, card: { reader: cardReader, pin: cardPin } };
    const mine = await waiting('00aa7003');
    const next = must(
      await screen.call('officers.prepareAct', { act: 'decide-release', ...order, releaseId: mine }),
    );
    expect(
      faultOf(
        await screen.call('quarantine.decide', {
          ...order,
          releaseId: mine,
          approval: { ...other, actId: next.actId! },
        }),
      ),
    ).toBe('officer-card-wrong');
  });
});

describe('a window that is open when the bank ends its card', () => {
  test('is signed out as soon as the bank is asked again, and goes on while it cannot be', async () => {
    await enrolled('teller');
    let isAway = false;
    let asked = 0;
    const line = clientOf(bank);
    const watching = await startTestStation({
      bank,
      counter: station.counter,
      isTellerOut: true,
      options: {
        cardCheckEveryMs: 20,
        bank: {
          ...line,
          call(name, ...rest) {
            if (name === 'readOfficerCard') asked += 1;
            return isAway ? Promise.resolve(fail('bank-unreachable', {})) : line.call(name, ...rest);
          },
        },
      },
    });
    try {
      await connected(watching.teller);
      must(await signIn(watching.teller, 'teller'));
      const alone = await watching.window('manager');
      isAway = true;
      const { certificateSha256 } = (await cardOf('lina'))!;
      must(await manager.call('officers.revokeCard', { certificateSha256, reason: 'lost' }));
      const before = asked;
      await expect.poll(() => asked).toBeGreaterThan(before + 3);
      must(await watching.teller.call('runs.list', {}));
      const gone = new Promise((resolve) => watching.teller.on('officers.signedOut', resolve));
      isAway = false;
      expect(await gone).toEqual({ reason: 'card-ended' });
      expect(faultOf(await watching.teller.call('runs.list', {}))).toBe('not-allowed');
      // Who came with the password alone stays.
      must(await alone.call('runs.list', {}));
    } finally {
      await watching.stop();
    }
  });
});

describe('a station that requires cards', () => {
  test('lets nobody in without one, and goes without the bank for a day', async () => {
    const card = await enrolled('teller');
    let isAway = false;
    let hours = 0;
    const line = clientOf(bank);
    const required = await startTestStation({
      bank,
      counter: station.counter,
      isTellerOut: true,
      options: {
        officerCards: 'required',
        now: () => new Date(bank.now().getTime() + hours * 3_600_000),
        bank: {
          ...line,
          call: (name, ...rest) =>
            isAway ? Promise.resolve(fail('bank-unreachable', {})) : line.call(name, ...rest),
        },
      },
    });
    const { teller } = required;
    try {
      await connected(teller);
      const { officerId, password, cardPin } = officer('teller');
      expect(faultOf(await teller.call('officers.signIn', { officerId, password }))).toBe(
        'officer-card-needed',
      );
      const signInAgain = async () => {
        await teller.call('officers.signOut', {});
        return teller.call('officers.signIn', {
          officerId,
          password,
          card: { reader: second, pin: cardPin },
        });
      };
      isAway = true;
      // This station has never heard of the card.
      expect(faultOf(await signInAgain())).toBe('officer-card-unchecked');
      isAway = false;
      expect(await signInAgain()).toMatchObject({ ok: true });
      isAway = true;
      hours = 23;
      expect(await signInAgain()).toMatchObject({ ok: true });
      hours = 25;
      expect(faultOf(await signInAgain())).toBe('officer-card-unchecked');
      hours = 24 * 731;
      expect(faultOf(await signInAgain())).toBe('officer-card-expired');
      hours = 0;
      isAway = false;
      const { certificateSha256 } = (await cardOf('lina'))!;
      must(await manager.call('officers.revokeCard', { certificateSha256, reason: 'left' }));
      expect(faultOf(await signInAgain())).toBe('officer-card-revoked');
      isAway = true;
      expect(faultOf(await signInAgain())).toBe('officer-card-revoked');
      expect(card.state.piv.pin.left).toBe(3);
    } finally {
      await required.stop();
    }
  });

  test('begins with its first manager, who signs for everybody else’s card', async () => {
    const newBank = await startBank();
    const required = await startTestStation({
      bank: newBank,
      isTellerOut: true,
      options: { officerCards: 'required', officerCardGraceMs: 0 },
    });
    try {
      const { teller: screen, counter } = required;
      await connected(screen);
      const { officerId, password, cardPin } = officer('manager');
      const teller = officer('teller');
      const withoutCard = ({ officerId: who, password: secret }: typeof teller) =>
        screen.call('officers.signIn', { officerId: who, password: secret });
      expect(faultOf(await withoutCard(teller))).toBe('officer-card-needed');
      must(await withoutCard(officer('manager')));
      must(counter.cards.insert(second, virtualPivCard({ form: 'smart-card' })));
      await recognisedIn({ ...required, teller: screen }, second);
      const own = { reader: second, pin: cardPin };
      must(await screen.call('officers.enrolCard', { officerId, card: own }));
      must(await screen.call('officers.signOut', {}));
      expect(faultOf(await withoutCard(officer('manager')))).toBe('officer-card-needed');
      must(await screen.call('officers.signIn', { officerId, password, card: own }));

      must(counter.cards.remove(cardReader));
      must(counter.cards.insert(cardReader, virtualPivCard({ form: 'smart-card' })));
      await recognisedIn({ ...required, teller: screen }, cardReader);
      const card = { reader: cardReader, pin: teller.cardPin };
      const order = { officerId: teller.officerId, card };
      expect(faultOf(await screen.call('officers.enrolCard', order))).toBe('officer-signature-needed');
      const shown = must(
        await screen.call('officers.prepareAct', {
          act: 'enrol-card',
          officerId: teller.officerId,
          reader: cardReader,
        }),
      );
      const approval = { actId: shown.actId!, card: own };
      // Gone in the middle of the signature: nothing is made, and the window is locked.
      counter.cards.script(second).pullAt(3, 'before');
      expect(await screen.call('officers.enrolCard', { ...order, approval })).toMatchObject({
        fault: { code: 'card-removed' },
      });
      await locked(screen);
      const { cards } = await newBank.client().must('findOfficerCards', {});
      expect(cards.map((each) => each.officerId)).toEqual([officerId]);
    } finally {
      await required.stop();
      await newBank.stop();
    }
  });

  test('takes a signed order, and keeps it', async () => {
    await enrolled('manager');
    const screen = window();
    must(await signIn(screen, 'manager'));
    await put(cardReader, virtualPivCard({ form: 'smart-card' }));
    const { officerId, cardPin } = officer('technician');
    const shown = must(
      await screen.call('officers.prepareAct', { act: 'enrol-card', officerId, reader: cardReader }),
    );
    const approval = { actId: shown.actId!, card: { reader: second, pin: officer('manager').cardPin } };
    const card = { reader: cardReader, pin: cardPin };
    must(await screen.call('officers.enrolCard', { officerId, card, approval }));
    expect(await cardOf(officerId)).toMatchObject({ issuedBy: 'wangqiang' });
    const [record] = (await logged({ event: 'officer-card.enrolled' })).slice(-1);
    expect(record).toMatchObject({ officerId: 'wangqiang', data: { of: officerId, role: 'technician' } });
    for (const [name, value] of shown.lines)
      expect(String(record?.data.signedText).split('\n')).toContain(`${name}: ${value}`);
  });
});
