import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { clientVersion } from './client-version.ts';

const source = dirname(fileURLToPath(import.meta.url));
const project = join(source, '..', '..');

/**
 * The phone client as one HTML text with an empty credential block (`null`).
 * Script and style are inline and named by their SHA-256 in the page's content security policy; the
 * only things the page may do beyond itself are to ask its bank and to post a form, over HTTPS.
 */
export const buildPhoneClient = async () => {
  const script = await bundle();
  const style = squeeze(await readFile(join(source, 'client.css'), 'utf8'));
  // The HTML parser ends an inline script at the first of these, whatever JavaScript thinks of it.
  if (/<\/script|<!--/i.test(script)) throw new Error('The script would end its own element');
  const policy = [
    "default-src 'none'",
    `script-src '${digest(script)}'`,
    `style-src '${digest(style)}'`,
    'form-action https:',
    // The card's questions to its bank (S1); what is asked for is signed, and no cookie goes along.
    'connect-src https:',
    "base-uri 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  const parts = { POLICY: policy, VERSION: clientVersion, STYLE: style, SCRIPT: script };
  const shell = await readFile(join(source, 'client.html'), 'utf8');
  return shell.replace(/%(POLICY|VERSION|STYLE|SCRIPT)%/g, (_, name) => parts[name]);
};

const bundle = async () => {
  const result = await build({
    root: source,
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      write: false,
      // The oldest engines with BigInt literals and WebCrypto in a form that this client uses.
      target: ['chrome87', 'safari14', 'firefox85'],
      minify: true,
      modulePreload: false,
      rollupOptions: {
        input: join(source, 'main.ts'),
        output: { format: 'iife' },
        // Only what is used: the shared floor also holds schemas, and their library is no part of a phone client.
        treeshake: { moduleSideEffects: (id) => id === join(source, 'main.ts') },
      },
    },
  });
  const output = [result].flat().flatMap((one) => one.output);
  const [chunk, ...others] = output;
  if (chunk?.type !== 'chunk' || others.length > 0) throw new Error('The phone client must be one script');
  return chunk.code.trim();
};

/** Comments and indentation mean nothing to a phone. */
const squeeze = (css) =>
  css
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/\s*\n\s*/g, '\n')
    .trim();

const digest = (text) => `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = join(project, 'dist', 'phone-client', 'client.html');
  const html = await buildPhoneClient();
  await mkdir(dirname(target), { recursive: true });
  await writeFile(target, html);
  process.stdout.write(`${target} (${Math.ceil(Buffer.byteLength(html) / 1024)} KB)\n`);
}
