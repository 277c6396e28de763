import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromHex } from '../../../electron/shared/codec/index.ts';
import { ok, type Result } from '../../../electron/shared/result/index.ts';
import {
  cccObject,
  chuidObject,
  encodeCcc,
  encodeChuid,
  encodeKeyHistory,
  encodeMarker,
  factoryManagementKey,
  keyHistoryObject,
  managementKeyAuthenticator,
  markerObject,
  piv,
  userInfoObject,
  type KeyAlgorithm,
  type PivSession,
} from '../../../native/applications/piv/index.ts';
import { openPipe } from '../../../native/pipe/index.ts';
import { virtualPivCard, type VirtualPivCard, type VpcdConnection } from '../../../native/virtual/index.ts';
import { startPcscd, whyNoPcscd, type PrivatePcscd } from '../../harness/start-pcscd.ts';

/*
 * Programs of others, which know nothing of this house, drive the virtual card through the real pcscd. The
 * card lives in this process, so they run beside it and never block it.
 */

const run = promisify(execFile);
const module = '/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so';
const missing = ['/usr/bin/yubico-piv-tool', '/usr/bin/pkcs11-tool', '/usr/bin/openssl', module].find(
  (file) => !existsSync(file),
);
const reason =
  whyNoPcscd() ?? (missing && `${missing} is missing (apt-get install opensc yubico-piv-tool openssl)`);

const valueOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result.fault));
  return result.value;
};

describe.skipIf(reason !== undefined)(`other programs${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'other-programs-'));
  const file = (name: string) => join(folder, name);
  const guid = fromHex('00112233445566778899aabbccddeeff');
  let pcscd: PrivatePcscd | undefined;
  let card: VirtualPivCard;
  let connection: VpcdConnection | undefined;

  const tool = async (program: string, ...args: string[]): Promise<string> => {
    const { stdout, stderr } = await run(program, args, { env: { ...process.env, ...pcscd?.environment } });
    return stdout + stderr;
  };

  /** A certificate over a key on the card, from a CA made on the spot. */
  const certify = async (slot: '9a' | '9c', spki: Uint8Array): Promise<Uint8Array> => {
    writeFileSync(file(`${slot}.spki`), spki);
    await run('openssl', [
      'pkey',
      '-pubin',
      '-inform',
      'DER',
      '-in',
      file(`${slot}.spki`),
      '-out',
      file(`${slot}.pub`),
    ]);
    await run('openssl', [
      ...['x509', '-new', '-force_pubkey', file(`${slot}.pub`), '-subj', `/CN=Slot ${slot}/O=Test Bank`],
      ...[
        '-CA',
        file('ca.crt'),
        '-CAkey',
        file('ca.key'),
        '-days',
        '30',
        '-outform',
        'DER',
        '-out',
        file(`${slot}.der`),
      ],
    ]);
    return new Uint8Array(readFileSync(file(`${slot}.der`)));
  };

  const issue = async (session: PivSession, slot: '9a' | '9c', algorithm: KeyAlgorithm): Promise<void> => {
    const spki = valueOf(await session.generateKey(slot, algorithm));
    valueOf(await session.writeCertificate(slot, await certify(slot, spki)));
  };

  beforeAll(async () => {
    await run('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '30'],
      ...['-subj', '/CN=Test CA', '-keyout', file('ca.key'), '-out', file('ca.crt')],
    ]);
    card = virtualPivCard({ serial: 12345678, form: 'sim' });
    const session = valueOf(await piv.open(openPipe({ transmit: async (one) => ok(card.transmit(one)) })));
    valueOf(await session.authenticateManagement(managementKeyAuthenticator('3des', factoryManagementKey)));
    await issue(session, '9a', 'p-256');
    await issue(session, '9c', 'rsa-2048');
    valueOf(await session.putObject(chuidObject, encodeChuid({ guid, expiration: '2031-12-31' })));
    valueOf(await session.putObject(cccObject, encodeCcc(guid.subarray(0, 14))));
    valueOf(await session.putObject(keyHistoryObject, encodeKeyHistory(0)));
    valueOf(await session.putObject(userInfoObject, new Uint8Array(1500).fill(7)));
    const marker = { cardId: 'CW-1', certificateSha256: '00'.repeat(32), userInfoSha256: '00'.repeat(32) };
    valueOf(await session.putObject(markerObject, encodeMarker(marker)));
    pcscd = await startPcscd();
    connection = await pcscd.insert(card);
  });
  afterAll(async () => {
    await connection?.remove();
    await pcscd?.close();
    rmSync(folder, { recursive: true });
  });

  it('opensc-tool sees the card and takes it for PIV', async () => {
    expect(await tool('opensc-tool', '--reader', '0', '--name')).toMatch(
      /Personal Identity Verification Card/,
    );
    expect((await tool('opensc-tool', '--reader', '0', '--atr')).trim().replaceAll(':', '')).toBe(
      Buffer.from(card.atr).toString('hex'),
    );
  });

  it('yubico-piv-tool reads its state', async () => {
    const status = await tool('yubico-piv-tool', '--reader', 'Virtual', '--action', 'status');
    expect(status).toMatch(/Version:\s+5\.4\.3/);
    expect(status).toMatch(/Serial Number:\s+12345678/);
    expect(status).toMatch(
      /CHUID:\s+3019[0-9a-f]{50}341000112233445566778899aabbccddeeff3508323033313132333/,
    );
    expect(status).toMatch(/Slot 9a:\s+Algorithm:\s+ECCP256\s+Subject DN:\s+CN=Slot 9a, O=Test Bank/);
    expect(status).toMatch(/Slot 9c:\s+Algorithm:\s+RSA2048/);
    expect(status).toMatch(/PIN tries left:\s+3/);
  });

  it('yubico-piv-tool gives back the certificate, and openssl verifies it', async () => {
    await tool(
      'yubico-piv-tool',
      '-r',
      'Virtual',
      '-a',
      'read-certificate',
      '-s',
      '9a',
      '-o',
      file('read.pem'),
    );
    const { stdout } = await run('openssl', ['verify', '-CAfile', file('ca.crt'), file('read.pem')]);
    expect(stdout).toMatch(/OK/);
  });

  it('pkcs11-tool lists keys and certificates', async () => {
    const objects = await tool('pkcs11-tool', '--module', module, '-O');
    expect(objects).toMatch(
      /Certificate Object; type = X\.509 cert[\s\S]*label:\s+Certificate for PIV Authentication/,
    );
    expect(objects).toMatch(/Public Key Object; EC/);
    expect(objects).toMatch(/Certificate for Digital Signature/);
  });

  it.each([
    ['ECDSA', '01', '9a', ['--mechanism', 'ECDSA-SHA256', '--signature-format', 'openssl']],
    ['RSA', '02', '9c', ['--mechanism', 'SHA256-RSA-PKCS']],
  ])('pkcs11-tool signs with %s, and openssl verifies it', async (_, id, slot, mechanism) => {
    writeFileSync(file('message'), 'pay 100.00 to Wang');
    await tool(
      'pkcs11-tool',
      ...['--module', module, '--login', '--pin', '123456', '--sign', '--id', id, ...mechanism],
      ...['--input-file', file('message'), '--output-file', file('signature')],
    );
    const verify = ['dgst', '-sha256', '-verify', file(`${slot}.pub`), '-signature', file('signature')];
    expect((await run('openssl', [...verify, file('message')])).stdout).toMatch(/Verified OK/);
    writeFileSync(file('forged'), 'pay 900.00 to Wang');
    await expect(run('openssl', [...verify, file('forged')])).rejects.toThrow();
  });

  it('a wrong PIN is counted by the card, whoever asks', async () => {
    const wrong = ['--module', module, '--login', '--pin', '000000', '--sign', '--id', '01'];
    await expect(tool('pkcs11-tool', ...wrong, '-m', 'ECDSA', '-i', file('message'))).rejects.toThrow(/PIN/i);
    expect(card.state.piv.pin.left).toBe(2);
    await tool('yubico-piv-tool', '-r', 'Virtual', '-a', 'verify-pin', '-P', '123456');
    expect(card.state.piv.pin.left).toBe(3);
  });

  it('yubico-piv-tool makes a key with the factory management key', async () => {
    await tool(
      'yubico-piv-tool',
      ...['-r', 'Virtual', '-a', 'generate', '-s', '9e', '-A', 'ECCP256', '-o', file('9e.pub')],
    );
    expect(readFileSync(file('9e.pub'), 'utf8')).toMatch(/BEGIN PUBLIC KEY/);
    expect(Object.keys(card.state.piv.keys)).toContain('9e');
  });

  it('yubico-piv-tool changes the PIN, blocks and resets', async () => {
    await tool('yubico-piv-tool', '-r', 'Virtual', '-a', 'change-pin', '-P', '123456', '-N', '654321');
    await tool('yubico-piv-tool', '-r', 'Virtual', '-a', 'verify-pin', '-P', '654321');
    const spend = async (action: string, ...args: string[]): Promise<void> => {
      await tool('yubico-piv-tool', '-r', 'Virtual', '-a', action, ...args).catch(() => '');
    };
    for (let round = 0; round < 3; round++) await spend('verify-pin', '-P', '000000');
    for (let round = 0; round < 3; round++) await spend('unblock-pin', '-P', '00000000', '-N', '111111');
    await tool('yubico-piv-tool', '-r', 'Virtual', '-a', 'reset');
    expect(card.state.piv).toMatchObject({ keys: {}, objects: {}, pin: { left: 3 } });
  });
});
