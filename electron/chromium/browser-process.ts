import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { openDevToolsPipe, type DevToolsPipe } from './devtools-pipe.ts';

export interface BrowserOptions {
  readonly program: string;
  /** Without a screen: for demonstrations and tests. */
  readonly headless: boolean;
  /** For tests only: also opens a DevTools port on loopback, on any free number. */
  readonly debuggingPort?: boolean;
  /**
   * It plays a customer's phone: it may reach this machine, and trusts this one TLS key (SHA-256 of its
   * SPKI, base64) as a phone trusts its bank's. Absent: it reaches nothing and trusts nobody.
   */
  readonly phoneOf?: { readonly trustedKey: string };
  /** Pixels of a window at the start. */
  readonly size: { readonly width: number; readonly height: number };
  /** Milliseconds until the browser has to have answered. */
  readonly startLimitMs?: number;
}

export interface BrowserProcess {
  readonly devTools: DevToolsPipe;
  readonly profile: string;
  /** Runs it once more with the same profile: it gives its window to the one that runs and ends. */
  openAppWindow(): void;
  /** When it has ended, for whatever reason. */
  readonly ended: Promise<void>;
  close(): Promise<void>;
}

/** A page to start from that is recognised later and shows nothing. */
export const blankWindow = 'data:text/html,<title>Cardwright</title>';

/**
 * Starts the machine's Chromium with a profile that lasts as long as it runs, listening only on two
 * pipes. Everything that could reach a network, or ask or tell anybody anything, is off.
 */
export async function startBrowser(options: BrowserOptions): Promise<Result<BrowserProcess>> {
  const profile = makeProfile();
  const child = spawn(
    options.program,
    [
      ...flags(options, profile),
      '--remote-debugging-pipe',
      ...(options.debuggingPort === true ? ['--remote-debugging-port=0'] : []),
      ...(options.headless ? ['--headless=new', 'about:blank'] : [`--app=${blankWindow}`]),
    ],
    { stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'], detached: true },
  );
  const lastWords = lastLines(child);
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('exit', () => resolve());
  });
  void ended.then(async () => {
    await removeProfile(profile);
  });

  const [, , , toBrowser, fromBrowser] = child.stdio;
  if (!(toBrowser instanceof Writable) || !(fromBrowser instanceof Readable))
    return fail('browser-not-started', { program: options.program, detail: 'no pipes' });
  const devTools = openDevToolsPipe(toBrowser, fromBrowser);

  const kill = (): void => {
    // The whole group: a wrapper script, and the processes that the browser has of its own.
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) killGroup(child.pid);
  };
  const close = async (): Promise<void> => {
    void devTools.call('Browser.close');
    await Promise.race([ended, wait(3_000, undefined, { ref: false })]);
    kill();
    await ended;
    devTools.close('the browser has closed');
    await removeProfile(profile);
  };

  const limit = new AbortController();
  const answer = await Promise.race([
    devTools.call('Browser.getVersion'),
    ended.then(() => ({ ok: false as const, message: 'it ended' })),
    wait(options.startLimitMs ?? 30_000, { ok: false as const, message: 'it did not answer in time' }, limit),
  ]).finally(() => limit.abort());
  if (!answer.ok) {
    kill();
    await close();
    return fail('browser-not-started', {
      program: options.program,
      detail: answer.message,
      said: lastWords(),
    });
  }
  return ok({
    devTools,
    profile,
    ended,
    close,
    openAppWindow() {
      const second = spawn(options.program, [...flags(options, profile), `--app=${blankWindow}`], {
        stdio: 'ignore',
      });
      second.on('error', () => {}); // the window then never comes, and who waits for it has a time limit
    },
  });
}

/** A new profile each time, so that nothing of a customer's stays in a browser; what no switch turns off is off in its settings. */
function makeProfile(): string {
  removeOrphanedProfiles();
  const profile = mkdtempSync(join(tmpdir(), `cardwright-browser-${process.pid}-`));
  mkdirSync(join(profile, 'Default'), { mode: 0o700 });
  const off = { enabled: false };
  const preferences = {
    translate: off,
    safebrowsing: off,
    alternate_error_pages: off,
    search: { suggest_enabled: false },
    credentials_enable_service: false,
    profile: { password_manager_enabled: false },
    autofill: { profile_enabled: false, credit_card_enabled: false },
    net: { network_prediction_options: 2 },
  };
  writeFileSync(join(profile, 'Default/Preferences'), JSON.stringify(preferences));
  return profile;
}

/** A station that was killed could not take its profile away. */
function removeOrphanedProfiles(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^cardwright-browser-(\d+)-/.exec(name)?.[1];
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      if (process.platform === 'linux') rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {
      // somebody else's
    }
  }
}

function flags(options: BrowserOptions, profile: string): string[] {
  return [
    `--user-data-dir=${profile}`,
    `--window-size=${options.size.width},${options.size.height}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--disable-extensions',
    '--disable-sync',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-domain-reliability',
    '--disable-breakpad',
    '--disable-client-side-phishing-detection',
    '--disable-features=Translate,OptimizationHints,MediaRouter,DialMediaRouteProvider,AutofillServerCommunication,PasswordManagerOnboarding,CertificateTransparencyComponentUpdater,InterestFeedContentSuggestions',
    '--disable-search-engine-choice-screen',
    '--test-type', // else a bar in the window warns of the flags above, and of --no-sandbox, which the terminal says
    '--disable-popup-blocking', // a popup has to come to be closed; blocked ones leave a bubble
    '--disable-save-password-bubble',
    '--deny-permission-prompts',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--password-store=basic',
    '--use-mock-keychain',
    '--metrics-recording-only',
    '--no-pings',
    '--disable-quic',
    ...(options.phoneOf === undefined
      ? ['--host-resolver-rules=MAP * ~NOTFOUND']
      : [
          '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
          `--ignore-certificate-errors-spki-list=${options.phoneOf.trustedKey}`,
        ]),
    '--webrtc-ip-handling-policy=disable_non_proxied_udp',
    '--no-proxy-server',
    ...(options.headless ? ['--hide-scrollbars', '--mute-audio', '--disable-gpu'] : []),
    ...(runsAsRoot() ? ['--no-sandbox'] : []),
    ...(smallSharedMemory() ? ['--disable-dev-shm-usage'] : []),
  ];
}

/** Chromium's sandbox does not work for root: who starts it so has to be told what is off. */
export const runsAsRoot = (): boolean => process.platform === 'linux' && process.getuid?.() === 0;

function smallSharedMemory(): boolean {
  try {
    const { bavail, bsize } = statfsSync('/dev/shm');
    return bavail * bsize < 512 * 1024 * 1024;
  } catch {
    return false;
  }
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // already gone
  }
}

/** What it said last on its error output: the only place where a policy or a missing library is named. */
function lastLines(child: ChildProcess): () => string {
  let text = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    text = (text + chunk.toString('utf8')).slice(-2_000);
  });
  return () => text.trim().split('\n').slice(-3).join(' / ').slice(0, 400);
}

/** Its helper processes still write for a moment after it has ended. */
async function removeProfile(profile: string): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt++) {
    try {
      rmSync(profile, { recursive: true, force: true });
      return;
    } catch {
      await wait(100);
    }
  }
}
