import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildStale } from '../../../resources/host/build.mjs';
import { root } from '../../harness/root.ts';

/*
 * The Electron host's own bundles, run by Node with a stand-in for Electron's module: what it asks of
 * Electron, and the real station, bank and device process behind it. What Electron then does is not proven
 * here; its program is not on this machine.
 */

describe('the Electron host', () => {
  const data = mkdtempSync(join(tmpdir(), 'cardwright-electron-'));
  const said: Record<string, unknown>[] = [];
  let child: ChildProcess;
  let ended: Promise<number | null>;

  beforeAll(async () => {
    await buildStale(['renderer', 'phoneClient', 'electron']);
    child = spawn(
      process.execPath,
      ['--import', join(root, 'tests/harness/fake-electron.mjs'), join(root, 'dist/electron/main/main.js')],
      {
        cwd: root,
        stdio: ['pipe', 'pipe', 'inherit'],
        env: { ...process.env, CARDWRIGHT_DATA: data, NODE_OPTIONS: '' },
      },
    );
    ended = new Promise((resolve) => child.once('exit', resolve));
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (line.startsWith('{')) said.push(JSON.parse(line) as Record<string, unknown>);
    });
    while (told('loaded').length < 2 && child.exitCode === null) await wait(50);
  }, 120_000);
  afterAll(() => {
    child.kill('SIGKILL');
    rmSync(data, { recursive: true, force: true });
  });

  const told = (key: string): Record<string, unknown>[] => said.filter((each) => key in each);
  const tell = (text: string): void => void child.stdin!.write(`${text}\n`);

  it('gives no window anything but its preload and its seat', () => {
    const windows = told('window').map((each) => each.window as Record<string, unknown>);
    expect(windows.map((each) => each.additionalArguments)).toEqual([
      ['--cardwright-seat=officer'],
      ['--cardwright-seat=customer'],
    ]);
    for (const preferences of windows) {
      expect(preferences).toMatchObject({
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webSecurity: true,
      });
      expect(preferences).toMatchObject({ webviewTag: false, devTools: false });
      expect(String(preferences.preload)).toMatch(/dist[/\\]electron[/\\]preload[/\\]preload\.cjs$/);
    }
    expect(told('sandbox')).toHaveLength(1);
  });

  it('answers https itself, with the policy of the pages', () => {
    expect(told('scheme')).toEqual([{ scheme: 'https' }]);
    expect(told('loaded').map(({ loaded, status }) => [loaded, status])).toEqual([
      ['https://station.local/index.html', 200],
      ['https://station.local/customer.html', 200],
    ]);
    for (const { policy } of told('loaded')) expect(policy).toMatch(/^default-src 'none'; script-src 'self'/);
  });

  it('refuses permissions, other requests, certificates and new windows', () => {
    expect(told('permission').every(({ yes }) => yes === false)).toBe(true);
    expect(told('request').map(({ cancelled }) => cancelled)).toEqual([false, true, true]);
    expect(told('certificate')).toEqual([{ certificate: -2 }]);
    expect(told('windowOpen').every(({ windowOpen }) => windowOpen === 'deny')).toBe(true);
  });

  it('brings a call to the station and the reply back', async () => {
    tell('call');
    await expect.poll(() => told('sent').some(({ frame }) => frame === 'reply')).toBe(true);
  });

  it('opens the customer’s window again, and ends with the officer’s', async () => {
    tell('close customer');
    await expect.poll(() => told('window').length, { timeout: 10_000 }).toBe(3);
    tell('close officer');
    expect(await ended).toBe(0);
    expect(told('error')).toEqual([]);
  });
});
