import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CustomerPrompt, RunView } from '../../../electron/shared/contract/index.ts';
import { decryptKey, partPath } from '../../../native/applications/sd/index.ts';
import { startBank, type TestBank } from '../../harness/start-bank.ts';
import {
  cardReader,
  goOn,
  inWords,
  must,
  sdSlot,
  startIssuance,
  startTestStation,
  type TestStation,
} from '../../harness/start-station.ts';

let bank: TestBank;
beforeAll(async () => {
  bank = await startBank();
});
afterAll(() => bank.stop());

const before = [
  'asking customer-secrets',
  'working check-account-pin',
  'asking choose-medium',
  'working inspect-medium',
  'working reserve-card',
];
const after = [
  'working report-written',
  'working read-back',
  'working prove',
  'working register',
  'asking hand-over',
  'working deliver',
  'working activate',
  'completed done',
];
const story = {
  sim: [
    ...before,
    'working set-card-pin',
    'working replace-keys',
    'working generate-key',
    'working report-keyed',
    'working sign-request',
    'working enrol',
    'working write-certificate',
    'working write-user-info',
    'working write-chain',
    'working write-card-identity',
    'working write-marker',
    ...after,
  ],
  'sd-card': [
    ...before,
    'working write-key',
    'working report-keyed',
    'working enrol',
    'working write-certificate',
    'working write-user-info',
    'working write-client',
    'working write-directory',
    'working sign-manifest',
    'working write-manifest',
    ...after,
  ],
};

describe.each([
  ['sim', 'p-256', 'C-100001', cardReader],
  ['sd-card', 'p-256', 'C-100002', sdSlot],
  ['sim', 'rsa-2048', 'C-100003', cardReader],
  ['sd-card', 'rsa-2048', 'C-100004', sdSlot],
] as const)('a %s with %s', (kind, algorithm, customerId, reader) => {
  let station: TestStation;
  let issued: RunView;
  const states: string[] = [];
  const removal: string[] = [];
  const prompts: CustomerPrompt['kind'][] = [];
  const serials: (string | undefined)[] = [];

  beforeAll(async () => {
    station = await startTestStation({ bank });
    station.teller.on('runs.changed', (view) => {
      states.push(inWords(view));
      removal.push(view.removal);
      serials.push(view.subject.serial);
    });
    station.customer.on('customer.promptChanged', ({ kind: shown }) => {
      if (prompts.at(-1) !== shown) prompts.push(shown);
    });
    const { runId } = must(await startIssuance(station, bank, customerId));
    issued = await goOn(station, bank, runId, kind, {}, algorithm);
  });
  afterAll(() => station.stop());

  test('goes through exactly these states', () => {
    expect(states).toEqual(story[kind]);
    expect(station.bugs).toEqual([]);
  });

  test('says at each of them whether the medium may be taken out', () => {
    const first = story[kind].indexOf(kind === 'sim' ? 'working set-card-pin' : 'working write-key');
    const last = story[kind].indexOf('working prove');
    expect(removal).toEqual(
      story[kind].map((_, at) => (at >= first && at <= last ? 'do-not-remove' : 'safe')),
    );
  });

  test('shows the customer one thing at a time', () => {
    expect(prompts).toEqual(['enter-secrets', 'wait', 'take-card', 'wait', 'idle']);
  });

  test('ends with an active card at the bank, whose certificate OpenSSL verifies', async () => {
    const client = bank.client();
    const { cards } = await client.must('readCustomer', { customerId });
    expect(cards.map(({ state }) => state)).toEqual(['active']);
    const [card] = cards;
    expect(card).toMatchObject({
      cardId: issued.subject.cardId,
      medium: { kind, serial: serials.at(-1) },
      certificate: { state: 'issued', sha256: issued.subject.certificateSha256 },
      registration: { state: 'active' },
    });
    const { certificate } = await client.must('readCertificate', { cardId: card!.cardId });
    const file = join(station.folder, 'certificate.der');
    writeFileSync(file, Buffer.from(certificate, 'base64'));
    const ca = join(bank.stationFolder, 'bank-ca.pem');
    expect(openssl('verify', '-CAfile', ca, file)).toContain('OK');
    expect(openssl('x509', '-in', file, '-noout', '-subject', '-nameopt', 'RFC2253')).toContain(
      `serialNumber=${card!.cardId}`,
    );
  });

  test('is what a technician reads from it', async () => {
    const technician = await station.window('technician');
    const seen = must(await technician.call('reprovision.inspect', { reader }));
    // An RSA key opens no seed of one-time passwords, and this SIM has no application for them.
    const chained = kind === 'sd-card' && algorithm === 'p-256';
    const actions = chained ? ['restart-chain', 'wipe'] : ['wipe'];
    expect(seen).toMatchObject({ content: 'complete', kind, actions });
    expect(Object.fromEntries(seen.lines.map(({ item, verdict }) => [item, verdict]))).toEqual({
      'card-id': 'same',
      customer: 'same',
      certificate: 'same',
      key: kind === 'sim' ? 'same' : 'not-comparable',
      'user-info': 'same',
      marker: 'same',
      state: 'not-comparable',
      ...(kind === 'sd-card' && { client: 'same' }),
      ...(chained && { chain: 'not-comparable' }),
    });
  });

  test('cannot be chosen for another issuance', async () => {
    const { readers } = must(await station.teller.call('devices.list', {}));
    const codes = readers.find((each) => each.reader === reader)?.medium?.refusals.map(({ code }) => code);
    expect(codes).toEqual([kind === 'sim' ? 'card-already-issued' : 'medium-already-issued']);
  });

  test('has a receipt that is printed once it is made', async () => {
    const { runId } = issued;
    const receipt = must(await station.teller.call('issuance.receipt', { runId }));
    expect(receipt).toMatchObject({
      receiptNumber: issued.subject.receiptNumber,
      training: true,
      mediumKind: kind,
      cardId: issued.subject.cardId,
      officerName: '李娜 Li Na',
    });
    expect(receipt.documentNumberMasked).toMatch(/^•+.{4}$/);
    const { path } = must(await station.teller.call('issuance.printReceipt', { runId, locale: 'en' }));
    expect(path).toContain(`TRAINING-${receipt.receiptNumber}-en.pdf`);
    expect(readFileSync(path, 'utf8')).toContain(receipt.cardId);
  });

  test('left every step in the log, in a chain that holds, and a story of its own', async () => {
    const manager = await station.window('manager');
    const { records } = must(
      await manager.call('audit.search', { filter: { runId: issued.runId }, limit: 500 }),
    );
    const done = records.filter(({ event }) => event === 'step.done').map(({ step }) => step);
    const steps = story[kind].filter((state) => state.startsWith('working ')).map((state) => state.slice(8));
    expect(done.reverse()).toEqual(steps);
    expect(must(await manager.call('audit.verify', {})).intact).toBe(true);
    const { cardId = '' } = issued.subject;
    const told = must(await manager.call('audit.story', { cardId })).records.map(({ event }) => event);
    expect(told[0]).toBe('run.started');
    expect(told).toContain('run.completed');
    const { days, medianTookMs } = must(await manager.call('audit.summary', { days: 1 }));
    expect(days[0]?.issued).toBe(1);
    expect(medianTookMs).toBeGreaterThan(0);
  });

  test('left no secret anywhere', async () => {
    await station.station.stop();
    const secrets = bank.trainingSecrets[customerId]!;
    const kept = ['station.sqlite', 'station.sqlite-wal', 'audit.anchor']
      .map((name) => join(station.folder, 'data', name))
      .map((file) => tryRead(file))
      .join('');
    expect(kept.length).toBeGreaterThan(10_000);
    for (const secret of [secrets.suggestedLoginPassword, '482913', 'training-teller'])
      expect(kept.includes(secret), secret).toBe(false);
    // Six digits also happen by chance in a hash; a PIN would stand alone.
    expect(new RegExp(`(?<![0-9a-zA-Z])${secrets.accountPin}(?![0-9a-zA-Z])`).test(kept)).toBe(false);
  });

  if (kind !== 'sd-card') return;
  test('carries a key that only the card PIN opens', async () => {
    const { files } = station.counter.sd;
    const p8 = files.read(partPath('qingyu-training', 'key'))!;
    expect(p8.toString().includes('BEGIN')).toBe(false);
    expect(await decryptKey(p8, '000000')).toMatchObject({ fault: { code: 'card-pin-wrong' } });
    expect((await decryptKey(p8, '482913')).ok).toBe(true);
  });
});

const openssl = (...args: string[]): string => execFileSync('openssl', args, { stdio: 'pipe' }).toString();

function tryRead(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
