import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ReaderView } from '../../../electron/shared/contract/index.ts';
import { startBank } from '../../harness/start-bank.ts';
import { inWords, moved, must, startIssuance } from '../../harness/start-station.ts';
import type { Scenario } from '../guest/run.ts';
import { answerAll } from './answer-all.ts';
import { pause } from './plugged-in.ts';
import { startPatiently } from './start-patiently.ts';

export interface IssuedSim {
  readonly reader: string;
  readonly outcome: string;
  readonly states: readonly string[];
  readonly ms: number;
  /** The certificate as OpenSC reads it through the same pcscd; checked by openssl against the bank's CA. */
  readonly certificate: { readonly subject: string; readonly verified: boolean };
}

/** A SIM in a real CCID reader: kernel, libusb, libccid and pcscd of the guest, the station on top. */
export const scenario: Scenario = async (hands): Promise<IssuedSim> => {
  await hands('insertCard');
  const bank = await startBank();
  mkdirSync('/run/pcscd', { recursive: true });
  const pcscd = spawn('/usr/sbin/pcscd', ['--foreground', '--error'], { stdio: 'inherit' });
  for (let tries = 0; !existsSync('/run/pcscd/pcscd.comm'); tries += 1) {
    if (tries > 200) throw new Error('pcscd did not start');
    await pause(100);
  }
  const station = await startPatiently({
    bank,
    options: { devices: undefined, realDevices: true, bankCheckEveryMs: 3_600_000 },
  });
  const { teller } = station;
  const reader = await readerWithCard(async () => must(await teller.call('devices.list', {})).readers);

  const started = performance.now();
  const states: string[] = [];
  const [customer] = bank.customers;
  if (!customer) throw new Error('no training customers');
  const { runId } = must(await startIssuance(station, bank, customer.customerId));
  teller.on('runs.changed', (view) => {
    if (view.runId === runId) states.push(inWords(view));
  });
  let view = await answerAll(station, bank, runId, { reader, kind: 'sim' });
  for (let tries = 0; view.state.kind === 'failed' && tries < 5; tries += 1) {
    // A machine in a machine that many share may be slower than the bank's time limit: the teller goes on.
    if (view.state.fault.code !== 'bank-timeout') break;
    await moved(teller, runId, () => teller.call('runs.resume', { runId }));
    view = await answerAll(station, bank, runId, { reader, kind: 'sim' });
  }
  const ms = Math.round(performance.now() - started);
  await station.stop();

  const folder = mkdtempSync(join(tmpdir(), 'sim-'));
  const certificateFile = join(folder, 'certificate.pem');
  const said = spawnSync('pkcs15-tool', ['--read-certificate', '01', '--output', certificateFile], {
    encoding: 'utf8',
  });
  const subject = spawnSync('openssl', ['x509', '-in', certificateFile, '-noout', '-subject'], {
    encoding: 'utf8',
  }).stdout.trim();
  const verdict = spawnSync(
    'openssl',
    ['verify', '-CAfile', join(bank.stationFolder, 'bank-ca.pem'), certificateFile],
    { encoding: 'utf8' },
  ).stdout;
  pcscd.kill('SIGKILL');
  await bank.stop();
  if (station.bugs.length > 0) throw new Error(station.bugs.join('\n'));
  const outcome =
    view.state.kind === 'failed'
      ? `${inWords(view)} ${JSON.stringify(view.state.fault.data)}`
      : inWords(view);
  return {
    reader,
    outcome,
    states,
    ms,
    certificate: { subject: subject || said.stderr, verified: verdict.includes(': OK') },
  };
};

async function readerWithCard(list: () => Promise<readonly ReaderView[]>): Promise<string> {
  for (let tries = 0; tries < 300; tries += 1) {
    const found = (await list()).find(
      (one) => !one.virtual && one.takes === 'card' && one.medium?.kind === 'sim',
    );
    if (found) return found.reader;
    await pause(200);
  }
  throw new Error(`no SIM in a real reader: ${JSON.stringify(await list())}`);
}
