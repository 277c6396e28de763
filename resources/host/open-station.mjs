import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildStale } from './build.mjs';
import { progress } from './progress.mjs';

/* Runs on the pinned Node, after the bootstrap: builds what is stale and opens the station in the host that this machine has. */

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const help = `npm start                        open the station (Electron if its program is here, else Chromium)
npm start -- --demo              issue an SD card and a SIM by itself, and leave everything in out/demo
npm start -- --host=chromium     or electron
npm start -- --data=FOLDER       keep journal and bank there (default ~/.local/share/cardwright)
`;

let options;
try {
  options = parseArgs({
    options: {
      demo: { type: 'boolean' },
      host: { type: 'string' },
      data: { type: 'string' },
      help: { type: 'boolean' },
    },
  }).values;
} catch (error) {
  process.stderr.write(`${error.message}\n\n${help}`);
  process.exit(2);
}
if (options.help) {
  process.stdout.write(help);
  process.exit(0);
}

const display =
  process.platform !== 'linux' || Boolean(process.env.DISPLAY) || Boolean(process.env.WAYLAND_DISPLAY);
const electron = join(
  root,
  'node_modules/electron/dist',
  { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[process.platform] ?? 'electron',
);
const host = options.host ?? (existsSync(electron) ? 'electron' : 'chromium');

await buildStale(['renderer', 'phoneClient']);
if (options.demo || !display) {
  if (!options.demo) progress('No display here: running the guided demonstration instead.');
  run(process.execPath, ['electron/chromium/demonstration/main.ts']);
} else if (host === 'electron') {
  await buildStale(['electron']);
  progress('Opening the station in Electron.');
  run(electron, ['.']);
} else {
  if (options.host === undefined) progress('Electron’s program is not on this machine; using Chromium.');
  run(process.execPath, ['electron/chromium/main.ts']);
}

function run(program, args) {
  const env = {
    ...process.env,
    ...(options.data === undefined ? {} : { CARDWRIGHT_DATA: resolve(options.data) }),
  };
  const child = spawn(program, args, { cwd: root, stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    progress(`${program} did not start: ${error.message}`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = code ?? (signal === null ? 1 : 128);
  });
}
