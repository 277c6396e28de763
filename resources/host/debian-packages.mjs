import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { progress } from './progress.mjs';

/** What the station runs on: a browser as second host, PC/SC, and the header its binding is built against. */
const forStart = ['chromium', 'pcscd', 'libccid', 'libpcsclite-dev'];

/** What the tests prove it with: other people's programs on the same cards and certificates. */
const forTests = [
  'vsmartcard-vpcd',
  // the reader's driver in its tests
  'gcc',
  'libc6-dev',
  'opensc',
  'libengine-pkcs11-openssl',
  'yubico-piv-tool',
  'softhsm2',
  'openssl',
  'dosfstools',
  'exfatprogs',
  'mtools',
  'iproute2',
  'libnss3-tools',
  // a browser in a window, and hands for the windows that are not pages
  'xvfb',
  'xdotool',
  'poppler-utils',
  // an EST client of others; its elliptic curves are in the plugins
  'strongswan-pki',
  'libstrongswan-standard-plugins',
  // the device lab: a guest with real kernel drivers
  'qemu-system-x86',
  'busybox-static',
  'cpio',
  'kmod',
  'udev',
  'xz-utils',
];

/** What the benches measure against, and how often it all went to the disk. */
const forBench = ['golang-cfssl', 'strace'];

/** By what the machine is made ready for. */
const also = { start: [], test: forTests, bench: forBench };

/**
 * Installs what is missing where that is possible without a question, else prints the one command to
 * type. The station starts without these packages too, with fewer readers or without its own browser.
 */
export function debianPackages(purpose) {
  if (!existsSync('/etc/debian_version') || !runs('dpkg-query', ['--version'])) return;
  const wanted = [...forStart, ...(also[purpose] ?? [])];
  const missing = wanted.filter((name) => !installed(name));
  if (missing.length === 0) return;

  const root = process.getuid?.() === 0;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  const mayNot = process.env.CARDWRIGHT_NO_APT === '1' || (!root && !runs('sudo', ['-n', 'true']));
  if (mayNot) {
    progress('Debian packages missing:', missing.join(' '));
    progress('  to install them:', `sudo ${command}`);
    return;
  }
  progress('Debian packages, installing:', missing.join(' '));
  const apt = (...args) => {
    const [program, ...rest] = [
      ...(root ? [] : ['sudo', '-n']),
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      ...args,
    ];
    return spawnSync(program, rest, { encoding: 'utf8', timeout: 600_000 });
  };
  const first = apt('install', '-y', '-q', '--no-install-recommends', ...missing);
  // The lists of a fresh machine are empty or old: only then is the slower way taken.
  const done = first.status === 0 || (apt('update', '-q').status === 0 && retry(apt, missing));
  if (done) progress('Debian packages: installed');
  else {
    progress('Debian packages could not be installed; going on without.');
    progress('  to install them:', `${root ? '' : 'sudo '}${command}`);
  }
}

const retry = (apt, missing) =>
  apt('install', '-y', '-q', '--no-install-recommends', ...missing).status === 0;

const installed = (name) => {
  const answer = spawnSync('dpkg-query', ['-W', '-f=${Status}', name], { encoding: 'utf8' });
  return answer.status === 0 && answer.stdout.includes('install ok installed');
};

const runs = (program, args) => spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
