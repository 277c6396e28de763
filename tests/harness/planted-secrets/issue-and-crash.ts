import { createPrivateKey } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bankLog } from '../../../electron/bank-server/log.ts';
import { runCommand } from '../../../electron/bank-server/standalone/run-command.ts';
import { readStandaloneOptions } from '../../../electron/bank-server/standalone/standalone-options.ts';
import { openKeyFiles } from '../../../electron/bank-server/ca/key-files.ts';
import { connect, portPair, stationContract } from '../../../electron/shared/contract/index.ts';
import { trainingOfficers } from '../../../electron/station/officers/training-officers.ts';
import { piv } from '../../../native/applications/piv/index.ts';
import { decryptKey, partPath } from '../../../native/applications/sd/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { trainingSim, virtualBankCard } from '../../../native/virtual/index.ts';
import { startBank } from '../start-bank.ts';
import {
  cardReader,
  goOn,
  inWords,
  moved,
  must,
  recognisedIn,
  settled,
  startIssuance,
  startTestStation,
  typeSecrets,
} from '../start-station.ts';

/*
 * A program of its own: a bank that logs all it can and a station make a SIM and an SD card with secrets that are
 * known here, and die in the middle of a third card. Everything they write lies in the folder for temporary
 * files, where the test that started this looks for the secrets. argv: where to put the list of them.
 */

const [, , listFile = ''] = process.argv;
const typed = { cardPin: '73910462', loginPassword: 'Korallen-Riff-82' };
const hex = (bytes: Uint8Array | Buffer | string): string => Buffer.from(bytes).toString('hex');

const bank = await startBank({ logLevel: 'debug' });
const station = await startTestStation({ bank });
const { cards } = station.counter;

// What reaches a window of the station's is written down, too.
const [screenEnd, stationEnd] = portPair();
station.station.attach(
  {
    send(frame) {
      appendFileSync(join(station.folder, 'frames.jsonl'), `${JSON.stringify(frame)}\n`);
      stationEnd.send(frame);
    },
    onFrame: (listener) => stationEnd.onFrame(listener),
  },
  'officer',
);
const manager = connect(stationContract, screenEnd);
const { officerId, password } = trainingOfficers.find(({ role }) => role === 'manager')!;
must(await manager.call('officers.signIn', { officerId, password }));

// Somebody is entered and chooses a password, at windows that nobody writes down: it is shown there once.
const ownPassword = 'Reiher-am-Ufer-17';
const newcomer = { officerId: 'T-9', name: '周磊 Zhou Lei', role: 'teller' } as const;
const { startPassword } = must(await (await station.window('manager')).call('officers.enter', newcomer));
const [newEnd, newStationEnd] = portPair();
station.station.attach(newStationEnd, 'officer');
const first = connect(stationContract, newEnd);
must(await first.call('officers.signIn', { officerId: newcomer.officerId, password: startPassword }));
await first.call('officers.replacePassword', { password: startPassword });
must(await first.call('officers.replacePassword', { password: ownPassword }));

// A station without officers, and its first manager with the bank's code.
const empty = await startTestStation({ bank, isTellerOut: true, options: { training: false } });
const { stationNumber } = must(await empty.teller.call('station.describe', {}));
const place = ['--database', join(bank.dataFolder, 'bank.sqlite'), '--data', bank.dataFolder];
const options = readStandaloneOptions(['admit-first-manager', stationNumber, '--officer', 'M-1', ...place]);
if (!options.ok) throw new Error(options.errors.join('; '));
const { code } = must(await runCommand(options.options, bankLog('silent'))) as { code: string };
const firstManager = { officerId: 'M-1', name: '陈静 Chen Jing', password: 'Kraniche-im-Nebel-4' };
await empty.teller.call('officers.enterFirst', { ...firstManager, code: `${code}7` });
must(await empty.teller.call('officers.enterFirst', { ...firstManager, code }));

const card = virtualBankCard({ sim: trainingSim() });
must(cards.remove(cardReader));
must(cards.insert(cardReader, card));
await recognisedIn(station, cardReader);
for (const [customerId, kind] of [
  ['C-100001', 'sim'],
  ['C-100003', 'sd-card'],
] as const) {
  const { runId } = must(await startIssuance(station, bank, customerId));
  const view = await goOn(station, bank, runId, kind, typed);
  if (inWords(view) !== 'completed done') throw new Error(inWords(view));
  must(await station.teller.call('issuance.printReceipt', { runId, locale: 'zh-CN' }));
}

must(await manager.call('audit.search', { filter: {}, limit: 500 }));

// What a technician would see of the commands that carry a PIN.
const link = must(await cards.connect(cardReader));
const trace = (apdu: object) => {
  appendFileSync(join(station.folder, 'trace.jsonl'), `${JSON.stringify(apdu)}\n`);
};
const session = must(await piv.open(openPipe(link, { trace })));
must(await session.verifyPin(typed.cardPin));
must(await session.changePin(typed.cardPin, typed.cardPin));
await link.close();

const { piv: pivState, domain } = card.state;
const keys = domain.keys['48'];
const keyFiles = must(openKeyFiles(join(bank.dataFolder, 'keys'), false));
const p8 = station.counter.sd.files.read(partPath(bank.server.bankId, 'key'));
const sdKey = must(await decryptKey(p8!, typed.cardPin));
const scalarOf = (key: Parameters<typeof createPrivateKey>[0]) =>
  hex(Buffer.from(createPrivateKey(key).export({ format: 'jwk' }).d ?? '', 'base64url'));
const secrets: Record<string, string> = {
  'card PIN': hex(typed.cardPin),
  'login password': hex(typed.loginPassword),
  'account PIN': hex(bank.trainingSecrets['C-100001']!.accountPin),
  'account PIN of the second': hex(bank.trainingSecrets['C-100003']!.accountPin),
  'start password': hex(startPassword),
  'officer’s own password': hex(ownPassword),
  'first manager’s password': hex(firstManager.password),
  'first manager’s code': hex(code),
  'first manager’s code as the bank keeps it': hex(code.replaceAll('-', '')),
  PUK: pivState.puk.value.replace(/(ff)+$/, ''),
  'management key': pivState.management.key,
  'channel key ENC': keys!.enc,
  'channel key MAC': keys!.mac,
  'channel key DEK': keys!.dek,
  'card master key': hex(must(keyFiles.secret('card-master-1'))),
  pepper: hex(must(keyFiles.secret('pepper'))),
  'private key on the SIM': scalarOf({
    key: Buffer.from(pivState.keys['9a']!.pkcs8, 'base64'),
    format: 'der',
    type: 'pkcs8',
  }),
  'private key on the SD card': scalarOf({ key: Buffer.from(sdKey), format: 'der', type: 'pkcs8' }),
};
writeFileSync(listFile, JSON.stringify(secrets));
writeFileSync(join(station.folder, 'bugs.txt'), station.bugs.join('\n'));

const { runId } = must(await startIssuance(station, bank, 'C-100004'));
await settled(station.teller, runId);
const dying = moved(station.teller, runId, () => typeSecrets(station, bank, typed));
setTimeout(() => {
  throw new Error('dies in the middle of an issuance');
}, 5);
await dying;
await new Promise(() => {});
