import { execFileSync, spawn } from 'node:child_process';
import { appendFileSync, chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Scenario } from '../guest/run.ts';
import type { CardOfPerson } from './card-of-person.ts';

export interface DesktopMounting {
  /** Whom polkit lets mount through udisks2. */
  readonly udisks: CardOfPerson;
  /** Whom it lets start the media writer, and nothing of udisks2. */
  readonly writer: CardOfPerson;
  /** Whom it lets do neither. */
  readonly nobody: CardOfPerson;
  readonly fsckClean: boolean;
}

const project = join(import.meta.dirname, '../../..');
const linux = join(project, 'resources/host/linux');

/**
 * D-Bus, polkit and udisks2 as Debian has them, in the guest. Nobody sits at a desktop there, so a rule says for
 * each person what polkit would say of an active session.
 */
export const scenario: Scenario = async (): Promise<DesktopMounting> => {
  const people = { udisks: 1001, writer: 1002, nobody: 1003 } as const;
  for (const [name, id] of Object.entries(people))
    appendFileSync('/etc/passwd', `${name}:x:${id.toString()}:${id.toString()}::/tmp:/bin/sh\n`);
  install();
  writeFileSync('/etc/polkit-1/rules.d/10-lab.rules', rules);
  mkdirSync('/run/dbus', { recursive: true });
  mkdirSync('/run/udisks2', { recursive: true });
  daemon('/usr/bin/dbus-daemon', ['--system', '--nofork', '--nopidfile']);
  await pause(1500);
  daemon('/usr/lib/polkit-1/polkitd', ['--no-debug']);
  await pause(1500);
  daemon('/usr/libexec/udisks2/udisksd', []);
  await reached('udisksctl', ['status']);

  const told = {
    udisks: await asPerson(people.udisks),
    writer: await asPerson(people.writer),
    nobody: await asPerson(people.nobody),
  };
  let fsckClean = true;
  try {
    execFileSync('fsck.vfat', ['-n', '/dev/sda'], { stdio: 'ignore' });
  } catch {
    fsckClean = false;
  }
  return { ...told, fsckClean };
};

const rules = `polkit.addRule(function (action, subject) {
  if (subject.user === 'udisks') return action.id.indexOf('org.freedesktop.udisks2.') === 0 ? 'yes' : 'no';
  if (subject.user === 'writer') return action.id === 'com.cardwright.media-writer' ? 'yes' : 'no';
  return 'no';
});
`;

/** As the installer does; only the product's own program is this checkout's under this node. */
function install(): void {
  mkdirSync('/usr/lib/cardwright', { recursive: true });
  copyFileSync(join(linux, 'media-writer'), '/usr/lib/cardwright/media-writer');
  chmodSync('/usr/lib/cardwright/media-writer', 0o755);
  const policy = 'com.cardwright.media-writer.policy';
  copyFileSync(join(linux, policy), join('/usr/share/polkit-1/actions', policy));
  const unpacked = '/opt/Cardwright/resources/app.asar.unpacked/dist/electron/media-writer';
  mkdirSync(unpacked, { recursive: true });
  writeFileSync('/opt/Cardwright/cardwright', `#!/bin/sh\nexec ${process.execPath} "$@"\n`, { mode: 0o755 });
  writeFileSync(
    join(unpacked, 'program.js'),
    `import '${join(project, 'native/media-writer/program.ts')}';\n`,
  );
}

function daemon(program: string, args: readonly string[]): void {
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('exit', (code) => console.log(`${program} ended with ${String(code)}`));
}

async function reached(program: string, args: readonly string[]): Promise<void> {
  for (let tries = 0; tries < 60; tries += 1) {
    try {
      execFileSync(program, args, { stdio: 'ignore' });
      return;
    } catch {
      await pause(500);
    }
  }
  throw new Error(`${program} ${args.join(' ')}: never answered`);
}

async function asPerson(id: number): Promise<CardOfPerson> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'card-of-person.ts')], {
    ...{ uid: id, gid: id, cwd: '/tmp', stdio: ['ignore', 'pipe', 'inherit'] },
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/tmp', SHELL: '/bin/sh', LC_ALL: 'C.UTF-8' },
  });
  let printed = '';
  child.stdout.on('data', (text) => {
    printed += String(text);
    console.log(String(text).trimEnd());
  });
  await new Promise((resolve) => child.once('close', resolve));
  const line = /^TOLD (.*)$/m.exec(printed)?.[1];
  if (line === undefined) throw new Error(`person ${id.toString()} told nothing: ${printed}`);
  return JSON.parse(line) as CardOfPerson;
}
