import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OnlineBank, UseCard } from '../../electron/customer-card/index.ts';
import { onlineApi } from '../../electron/shared/online-api/index.ts';
import type { PivSession } from '../../native/applications/piv/index.ts';

/** Messages of a system as they are seen while it runs, in their order; a message that repeats stands once. */
export interface Sequence {
  note(from: string, to: string, text: string): void;
  /** Only what happens in the work is kept. */
  during<T>(title: string, work: () => Promise<T>): Promise<T>;
  /** Everything said between terminal and bank. */
  bank(bank: OnlineBank): OnlineBank;
  /** Everything said to the card. */
  card(useCard: UseCard): UseCard;
  mermaid(): string;
}

export const newSequence = (participants: Readonly<Record<string, string>>): Sequence => {
  const lines: string[] = [];
  let recording = false;
  const add = (line: string) => {
    if (!recording || lines.at(-1) === line) return;
    lines.push(line);
    // A question and its answer that were there just before.
    if (lines.at(-1) === lines.at(-3) && lines.at(-2) === lines.at(-4)) lines.splice(-2);
  };
  const note = (from: string, to: string, text: string) => {
    add(`  ${from}->>${to}: ${text.replaceAll(/[;#]/g, ',')}`);
  };
  return {
    note,
    async during(title, work) {
      const ids = Object.keys(participants);
      lines.push(`  Note over ${ids[0] ?? ''},${ids.at(-1) ?? ''}: ${title}`);
      recording = true;
      try {
        return await work();
      } finally {
        recording = false;
      }
    },
    bank: (bank) => ({
      async call(name, params, body) {
        note('T', 'B', `${onlineApi[name].method} ${onlineApi[name].path.replace('/online/v1', '')}`);
        const reply = await bank.call(name, params, body);
        note('B', 'T', reply.ok ? fieldsOf(reply.value) : reply.fault.code);
        return reply;
      },
    }),
    card: (useCard) => (work) =>
      useCard((session) =>
        work(
          new Proxy(session, {
            get(target, property: keyof PivSession) {
              const value = target[property];
              if (typeof value !== 'function') return value;
              return async (...args: unknown[]) => {
                const command = commands[property];
                if (command !== undefined) note('T', 'C', command);
                const answer = await (value as (...given: unknown[]) => Promise<{ ok: boolean }>)(...args);
                const [, reply] = replies.find(([name]) => name === property) ?? [];
                if (reply !== undefined && answer.ok) note('C', 'T', reply);
                return answer;
              };
            },
          }),
        ),
      ),
    mermaid: () =>
      [
        'sequenceDiagram',
        ...Object.entries(participants).map(([id, label]) => `  participant ${id} as ${label}`),
        ...lines,
      ].join('\n'),
  };
};

const fieldsOf = (value: object): string => Object.keys(value).join(', ');

const commands: Partial<Record<keyof PivSession, string>> = {
  authenticateManagement: 'GENERAL AUTHENTICATE (9B): witness and challenge',
  generateKey: 'GENERATE ASYMMETRIC KEY PAIR',
  verifyPin: 'VERIFY',
  sign: 'GENERAL AUTHENTICATE: sign a hash',
  decipher: 'GENERAL AUTHENTICATE: decipher',
  agreeKey: 'GENERAL AUTHENTICATE: agree on a key',
  writeCertificate: 'PUT DATA: certificate',
  readCertificate: 'GET DATA: certificate',
  putObject: 'PUT DATA: user information, marker or key history',
};

const replies: readonly (readonly [keyof PivSession, string])[] = [
  ['generateKey', 'public key'],
  ['sign', 'signature'],
  ['agreeKey', 'shared secret'],
  ['decipher', 'block'],
  ['readCertificate', 'certificate'],
];

const document = new URL('../../resources/docs/systems.md', import.meta.url);

/** The row's diagram as the document has it; the demonstration leaves it where it is told to instead. */
export const documented = (row: string, diagram: string): string | undefined => {
  const out = process.env.CARDWRIGHT_SYSTEMS;
  if (out !== undefined) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, `${row}.mmd`), `${diagram}\n`);
    return diagram;
  }
  const text = existsSync(document) ? readFileSync(document, 'utf8') : '';
  const start = text.indexOf(`<!-- ${row} -->`);
  return /```mermaid\n([\s\S]*?)\n```/.exec(start < 0 ? '' : text.slice(start))?.[1];
};
