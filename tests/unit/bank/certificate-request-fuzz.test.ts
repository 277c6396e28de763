import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, pbkdf2 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  flawInRequest,
  readCertificateRequest,
  tryCertificateRequest,
  type CertificateRequest,
  type RequestFlaw,
} from '../../../electron/bank-server/authority/certificate-request.ts';

/*
 * What stands before the CA's key: whatever of a request is changed, lengthened or cut, it is refused with a
 * reason and nothing is thrown. The requests are somebody else's (openssl).
 */

const kinds = {
  'p-256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
  'rsa-2048': ['-newkey', 'rsa:2048'],
} as const;
const requests = new Map<string, Buffer>();
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cardwright-csr-'));
  for (const [kind, options] of Object.entries(kinds))
    requests.set(
      kind,
      execFileSync(
        'openssl',
        [
          ...['req', '-new', ...options, '-nodes', '-outform', 'DER', '-keyout', join(folder, kind)],
          ...['-subj', '/CN=Li Na/serialNumber=CW-7K3M'],
        ],
        { stdio: ['ignore', 'pipe', 'ignore'] },
      ),
    );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const flaws = ['malformed', 'proof-of-possession'];
/** What was accepted although it is not the request, or was judged otherwise where another core looks at it. */
const accepted = (variants: Iterable<readonly [string, Uint8Array]>): string[] => {
  const found: string[] = [];
  for (const [what, der] of variants) {
    const read = readCertificateRequest(der);
    if (
      typeof read !== 'string' ||
      !flaws.includes(read) ||
      judgedBeside(der) !== read ||
      flawInRequest(der) !== read
    )
      found.push(what);
  }
  return found;
};

const judgedBeside = (der: Uint8Array): CertificateRequest | RequestFlaw => {
  const onTrial = tryCertificateRequest(der);
  return typeof onTrial === 'string' ? onTrial : (onTrial.flaw() ?? onTrial.request);
};

interface DerValue {
  readonly at: number;
  readonly headerBytes: number;
  readonly end: number;
}

/** Every value in DER bytes, the constructed ones and what is in them. */
const valuesIn = (der: Uint8Array, from = 0, to = der.length): DerValue[] => {
  const values: DerValue[] = [];
  for (let at = from; at < to;) {
    const first = der[at + 1] ?? 0;
    const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
    const length =
      lengthBytes === 0
        ? first
        : der.subarray(at + 2, at + 2 + lengthBytes).reduce((n, byte) => n * 256 + byte, 0);
    const headerBytes = 2 + lengthBytes;
    const end = at + headerBytes + length;
    values.push({ at, headerBytes, end });
    if (((der[at] ?? 0) & 0x20) !== 0) values.push(...valuesIn(der, at + headerBytes, end));
    at = end;
  }
  return values;
};

/** The same values, the one at this place with a length of one byte more than it needs. */
const lengthened = (der: Uint8Array, place: number, from = 0, to = der.length): Buffer => {
  const written: Buffer[] = [];
  for (let at = from; at < to;) {
    const { headerBytes, end } = valuesIn(der.subarray(0, to), at, to)[0]!;
    const tag = der[at] ?? 0;
    const inside = at + headerBytes;
    const content =
      (tag & 0x20) === 0 ? Buffer.from(der.subarray(inside, end)) : lengthened(der, place, inside, end);
    const digits = content.length < 0x80 ? [] : lengthDigits(content.length);
    const header =
      at === place
        ? [0x81 + digits.length, ...(digits.length === 0 ? [content.length] : [0, ...digits])]
        : digits.length === 0
          ? [content.length]
          : [0x80 + digits.length, ...digits];
    written.push(Buffer.of(tag, ...header), content);
    at = end;
  }
  return Buffer.concat(written);
};
const lengthDigits = (length: number): number[] =>
  length < 0x100 ? [length] : [...lengthDigits(length >> 8), length & 0xff];

describe.each(Object.keys(kinds))('a request with a %s key', (kind) => {
  const der = () => requests.get(kind) ?? Buffer.alloc(0);

  test('is read as openssl wrote it', () => {
    const read = readCertificateRequest(der());
    expect(read).toMatchObject({ publicKeySha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(judgedBeside(der())).toEqual(read);
    expect(valuesIn(der()).length).toBeGreaterThan(15);
  });

  test('is refused with any byte changed', () => {
    const variants = Array.from(der().keys()).flatMap((at) =>
      [0x01, 0x80, 0xff].map((change) => {
        const changed = Buffer.from(der());
        changed[at] = (changed[at] ?? 0) ^ change;
        return [`byte ${at} ^ ${change.toString(16)}`, changed] as const;
      }),
    );
    expect(accepted(variants)).toEqual([]);
  });

  test('is refused with any length byte that says something else', () => {
    const variants = valuesIn(der()).flatMap(({ at, headerBytes }) =>
      Array.from({ length: headerBytes - 1 }, (_, n) => at + 1 + n).flatMap((place) =>
        Array.from({ length: 256 }, (_, value) => value)
          .filter((value) => value !== der()[place])
          .map((value) => {
            const changed = Buffer.from(der());
            changed[place] = value;
            return [`length byte ${place} = ${value}`, changed] as const;
          }),
      ),
    );
    expect(accepted(variants)).toEqual([]);
  });

  test('is refused with any length written longer than it has to be', () => {
    expect(lengthened(der(), -1)).toEqual(der());
    const variants = valuesIn(der()).map(({ at }) => [`length at ${at + 1}`, lengthened(der(), at)] as const);
    expect(accepted(variants)).toEqual([]);
  });

  test('is refused when it is cut, or something follows', () => {
    const cut = Array.from(der().keys()).map((end) => [`${end} bytes`, der().subarray(0, end)] as const);
    const followed = [1, 2, 1000].map((n) => [`${n} more`, Buffer.concat([der(), Buffer.alloc(n)])] as const);
    expect(accepted([...cut, ...followed])).toEqual([]);
  });
});

test('what is no request at all is refused: nothing, noise, a million bytes, a thousand layers', () => {
  const layers = Array.from({ length: 1000 }).reduce<Buffer>(
    (inner) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(inner.length);
      return Buffer.concat([Buffer.of(0x30, 0x83), length.subarray(1), inner]);
    },
    Buffer.of(5, 0),
  );
  const million = Buffer.concat([Buffer.of(0x30, 0x83, 0x0f, 0x42, 0x40), Buffer.alloc(1_000_000)]);
  const noise = Array.from({ length: 200 }, (_, seed) =>
    Buffer.from(
      Array.from({ length: 200 }, (_, at) => (Math.imul(seed + 1, at * 2_654_435_761) >>> 13) & 255),
    ),
  );
  expect(
    accepted([
      ['nothing', Buffer.alloc(0)],
      ['layers', layers],
      ['million', million],
      ...noise.map((each, at) => [`noise ${at}`, each] as const),
    ]),
  ).toEqual([]);
});

test('a point that lies on no curve is no key, whoever finds out and when', () => {
  const der = requests.get('p-256') ?? Buffer.alloc(0);
  const changed = Buffer.from(der);
  const point = der.indexOf(Buffer.from('3059301306', 'hex')) + 27;
  changed[point + 40] = (changed[point + 40] ?? 0) ^ 1;
  expect(readCertificateRequest(changed)).toBe('malformed');
  expect(judgedBeside(changed)).toBe('malformed');
  expect(flawInRequest(changed)).toBe('malformed');
});

test('keys of other kinds, and signatures that are none of theirs, are judged the same beside', () => {
  const der = requests.get('p-256') ?? Buffer.alloc(0);
  const spki = der.indexOf(Buffer.from('3059301306', 'hex'));
  for (const [type, options] of [
    ['ed25519', {}],
    ['x25519', {}],
    ['rsa', { modulusLength: 1024 }],
    ['dsa', { modulusLength: 1024, divisorLength: 160 }],
    ['ec', { namedCurve: 'secp256k1' }],
    ['ec', { namedCurve: 'P-521' }],
  ] as const) {
    const key = generateKeyPairSync(type as 'ec', options as { namedCurve: string }).publicKey;
    const other = key.export({ type: 'spki', format: 'der' });
    const changed = withPart(der, spki, other);
    expect(readCertificateRequest(changed), type).toBe('proof-of-possession');
    expect(judgedBeside(changed), type).toBe('proof-of-possession');
    expect(flawInRequest(changed), type).toBe('proof-of-possession');
  }
});

test('a request does not wait for other cores that are busy with passwords', async () => {
  const ended: number[] = [];
  const hashes = Array.from({ length: 8 }, async (_, at) => {
    await promisify(pbkdf2)('123456', 'salt', 600_000, 32, 'sha512');
    ended.push(at);
  });
  expect(judgedBeside(requests.get('p-256') ?? Buffer.alloc(0))).toHaveProperty('subject');
  expect(ended).toEqual([]);
  await Promise.all(hashes);
});

/** The public key of a request replaced by another, the lengths around it made right. */
const withPart = (der: Buffer, at: number, part: Uint8Array): Buffer => {
  const sequence = (...content: Uint8Array[]): Buffer => {
    const all = Buffer.concat(content);
    return Buffer.concat([
      all.length < 0x80 ? Buffer.of(0x30, all.length) : Buffer.of(0x30, ...lengthOf(all.length)),
      all,
    ]);
  };
  const lengthOf = (length: number): number[] => [
    0x80 + lengthDigits(length).length,
    ...lengthDigits(length),
  ];
  const [whole, info] = valuesIn(der);
  const [from, to] = [(info?.at ?? 0) + (info?.headerBytes ?? 0), info?.end ?? 0];
  const inside = [der.subarray(from, at), part, der.subarray(at + 91, to)];
  return sequence(sequence(...inside), der.subarray(to, whole?.end));
};
