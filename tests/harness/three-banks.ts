import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trainingCustomers, trainingSecrets } from '../../electron/bank-server/index.ts';
import { bankLog } from '../../electron/bank-server/log.ts';
import { setUpBank } from '../../electron/bank-server/standalone/set-up-bank.ts';
import { readStandaloneOptions } from '../../electron/bank-server/standalone/standalone-options.ts';
import { httpsTransport, onlineBank, type OnlineBank } from '../../electron/customer-card/index.ts';
import { challengeMessage } from '../../electron/shared/bank-api/index.ts';
import type { KeyAlgorithm } from '../../electron/shared/domain/index.ts';
import { hashOf, makeCertificateRequest } from '../../electron/station/bank/certificate-request.ts';
import {
  factoryManagementKey,
  managementKeyAuthenticator,
  type PivSession,
  type PivSlot,
} from '../../native/applications/piv/index.ts';
import { bankClient, type BankClient } from './bank-client.ts';
import { certificatesIn, reservation, simpleEnrol } from './issue-card.ts';
import { startBankProcess, type ServingProcess } from './standalone-bank.ts';
import type { TestBank } from './start-bank.ts';
import { must } from './start-station.ts';
import { freePorts } from './free-ports.ts';

/** A bank of its own: process, database, CA, customers, and the algorithm of its keys. */
export interface OneOfThree {
  readonly bankId: string;
  readonly nameLatin: string;
  readonly algorithm: KeyAlgorithm;
  /** On the card. */
  readonly slot: PivSlot;
  readonly online: OnlineBank;
  /** Its counter: a station's client. */
  readonly counter: BankClient;
  /** What a station of this bank is started over. */
  readonly asTestBank: TestBank;
  readonly caPem: string;
}

export interface ThreeBanks {
  readonly banks: readonly OneOfThree[];
  close(): Promise<void>;
}

const plans = [
  { bankId: 'qingyu', name: '青屿银行', nameLatin: 'Qingyu Bank', algorithm: 'p-256', slot: '9a' },
  { bankId: 'farhill', name: '远山银行', nameLatin: 'Farhill Bank', algorithm: 'rsa-2048', slot: '82' },
  { bankId: 'river', name: '长河银行', nameLatin: 'Long River Bank', algorithm: 'p-384', slot: '83' },
] as const;

/** Three banks that know nothing of each other (S4), as processes. */
export const startThreeBanks = async (): Promise<ThreeBanks> => {
  // A portal's origin goes into every card, so its port is known before its bank is set up.
  const ports = await freePorts(plans.length);
  const folder = mkdtempSync(join(tmpdir(), 'cardwright-banks-'));
  const processes: ServingProcess[] = [];
  const banks = await Promise.all(
    plans.map(async ({ bankId, name, nameLatin, algorithm, slot }, at) => {
      const portal = `127.0.0.1:${ports[at] ?? 0}`;
      const own = (part: string) => join(folder, bankId, part);
      const where = ['--database', join(folder, `${bankId}.sqlite`), '--data', own('data')];
      const read = readStandaloneOptions([
        ...['set-up', ...where, '--training', '--station-folder', own('station')],
        ...['--bank-id', bankId, '--bank-name', name, '--bank-name-latin', nameLatin],
        // S4: name, password and a random number, at each in its own algorithm.
        ...['--portal-origin', `https://${portal}`, '--phone-login', 'random-number'],
      ]);
      if (!read.ok) throw new Error(read.errors.join('; '));
      must(await setUpBank(read.options, bankLog('silent')));
      const serving = await startBankProcess([
        ...[...where, '--online', '127.0.0.1:0', '--card-algorithm', algorithm, '--portal', portal],
      ]);
      processes.push(serving);
      const ca = readFileSync(own('station/bank-ca.pem'), 'utf8');
      const { apiOrigin } = serving;
      const asTestBank = {
        customers: trainingCustomers,
        trainingSecrets,
        stationFolder: own('station'),
        server: { bankId, apiOrigin, portalOrigin: `https://${portal}` },
      } as unknown as TestBank;
      return {
        bankId,
        nameLatin,
        algorithm,
        slot,
        online: onlineBank(httpsTransport(serving.onlineOrigin!, ca)),
        counter: bankClient(apiOrigin, own('station')),
        asTestBank,
        caPem: ca,
      };
    }),
  );
  return {
    banks,
    async close() {
      for (const { counter } of banks) counter.close();
      await Promise.all(processes.map((each) => each.kill('SIGTERM')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** A new key and certificate in this bank's slot of the card, made at the bank's counter. */
export const issueAtCounter = async (
  { bankId, algorithm, slot, counter }: OneOfThree,
  piv: PivSession,
  customerId: string,
  { serial, cardPin }: { readonly serial: string; readonly cardPin: string },
): Promise<string> => {
  const people = { customers: trainingCustomers, trainingSecrets } as unknown as TestBank;
  const body = await reservation(people, counter, customerId, { kind: 'sim', algorithm });
  const medium = { kind: 'sim' as const, identity: `sim|${serial}`, serial };
  const { card, enrolment } = await counter.must('reserveCard', {}, { ...body, medium, slot });
  const { cardId } = card;
  must(await piv.authenticateManagement(managementKeyAuthenticator('3des', factoryManagementKey)));
  const publicKey = must(await piv.generateKey(slot, algorithm));
  must(await piv.verifyPin(cardPin));
  const sign = (bytes: Uint8Array) =>
    piv.sign(slot, algorithm, createHash(hashOf(algorithm)).update(bytes).digest());
  const publicKeySha256 = createHash('sha256').update(publicKey).digest('hex');
  await counter.must('reportKeyed', { cardId }, { publicKeySha256 });
  const request = must(await makeCertificateRequest({ order: enrolment, publicKey, sign }));
  const certificate = certificatesIn(await simpleEnrol(counter, enrolment.profile, request))[0]!;
  must(await piv.writeCertificate(slot, certificate));
  const contentSha256 = createHash('sha256').update(certificate).digest('hex');
  await counter.must('reportWritten', { cardId }, { contentSha256 });
  const { challengeId, nonce } = await counter.must('openChallenge', { cardId });
  const signature = must(await sign(Buffer.from(challengeMessage(bankId, cardId, nonce))));
  await counter.must(
    'proveCard',
    { cardId },
    {
      challengeId,
      signature: Buffer.from(signature).toString('base64'),
      certificate: certificate.toString('base64'),
    },
  );
  await counter.must('registerCard', { cardId });
  await counter.must('deliverCard', { cardId }, { receiptNumber: 'R-1' });
  await counter.must('activateCard', { cardId });
  return cardId;
};
