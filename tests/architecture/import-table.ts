/**
 * Who may import whom (DESIGN.md §2). The first area whose folder holds a file decides for it, so a
 * room with rules of its own stands before the house it is in. What is not listed is refused: another
 * arrow or another package is a decision, and it is made here.
 */
export interface Area {
  readonly folder: string;
  /** Folders (or files) it may import from; its own folder always. */
  readonly from: readonly string[];
  /** Folders it may take types from, and nothing that is there at run time. */
  readonly typesFrom?: readonly string[];
  /** npm packages; a trailing * stands for anything. */
  readonly packages: readonly string[];
  /** `all`, none, or the modules by name. */
  readonly node: 'all' | readonly string[];
}

const shared = 'electron/shared';

export const importTable: readonly Area[] = [
  // SM2 is nowhere in BoringSSL and WebCrypto: its arithmetic is the audited one that the phone client has too.
  { folder: 'electron/shared/codec/sm2', from: [shared], packages: ['@noble/curves'], node: [] },
  { folder: 'electron/shared', from: [], packages: ['zod'], node: [] },

  { folder: 'native/pipe', from: [shared], typesFrom: ['native/drivers'], packages: [], node: [] },
  { folder: 'native/quirks', from: [shared], packages: [], node: [] },
  {
    // node:zlib: certificates may lie gzipped on a card (SP 800-73-4 part 1, appendix A).
    // node:buffer: whether a client of many megabytes is text, without decoding it.
    folder: 'native/applications',
    from: [shared, 'native/pipe', 'native/quirks'],
    typesFrom: ['native/drivers'],
    packages: [],
    node: ['node:buffer', 'node:crypto', 'node:zlib'],
  },
  {
    // The one program that holds every driver, the real and the virtual ones.
    folder: 'native/drivers/device-process',
    from: [shared, 'native/drivers', 'native/virtual', 'native/media-writer'],
    packages: [],
    node: 'all',
  },
  {
    folder: 'native/drivers',
    from: [shared],
    packages: ['pcsclite', 'usb', 'smartcard'],
    node: 'all',
  },
  {
    // It runs as root: as little as may be.
    folder: 'native/media-writer',
    from: [shared, 'native/drivers/media'],
    packages: [],
    node: 'all',
  },
  {
    // It plays the card: it must not learn from the code that talks to cards.
    folder: 'native/virtual',
    from: [shared],
    typesFrom: ['native/drivers'],
    packages: [],
    node: 'all',
  },
  { folder: 'native', from: [shared], packages: [], node: [] },

  {
    folder: 'electron/station',
    from: [shared, 'native', 'resources/card-profiles'],
    packages: [
      'better-sqlite3',
      '@peculiar/x509',
      '@peculiar/asn1-*',
      'node-forge',
      'reflect-metadata',
      'zod',
    ],
    node: 'all',
  },
  {
    folder: 'electron/bank-server',
    from: [shared, 'electron/web-fonts', 'electron/graceful-stop', 'resources/certificate-profiles'],
    packages: [
      '@fastify/rate-limit',
      '@hpke/core',
      '@node-rs/argon2',
      '@peculiar/*',
      'better-sqlite3',
      'fastify',
      'graphene-pk11',
      'kysely',
      'node-forge',
      'pg',
      'pino',
      'reflect-metadata',
      'zod',
    ],
    node: 'all',
  },
  // What both kinds of servers give to phones that have no font for Chinese.
  { folder: 'electron/web-fonts', from: [], packages: ['fastify'], node: 'all' },
  { folder: 'electron/graceful-stop', from: [], packages: ['fastify'], node: 'all' },
  {
    // Another company's machine: it knows the bank by its messages only.
    folder: 'electron/operator-platform',
    from: [shared, 'electron/web-fonts', 'electron/graceful-stop'],
    packages: ['@hpke/core', 'better-sqlite3', 'fastify', 'kysely', 'pino', 'zod'],
    node: 'all',
  },
  {
    // A customer's own terminal with a card in its reader: the station's card applications, without the station.
    // OATH holds the card's chain of one-time passwords (S1).
    folder: 'electron/customer-card',
    from: [
      shared,
      'native/applications/piv',
      'native/applications/oath',
      'electron/station/bank/certificate-request.ts',
    ],
    typesFrom: ['native/pipe'],
    packages: [],
    node: 'all',
  },
  {
    folder: 'electron/launch',
    from: [shared, 'electron/station', 'electron/bank-server/training'],
    typesFrom: ['electron/bank-server', 'native'],
    // zod: a person writes bank.json.
    packages: ['zod'],
    node: 'all',
  },
  {
    folder: 'electron/main',
    from: [shared, 'electron/launch'],
    typesFrom: ['electron/station'],
    packages: ['electron'],
    node: 'all',
  },
  {
    // It looks at the cards it has issued as anybody who holds them could.
    folder: 'electron/chromium/demonstration',
    from: [shared, 'electron/launch', 'electron/chromium', 'native'],
    packages: [],
    node: 'all',
  },
  {
    folder: 'electron/chromium',
    from: [shared, 'electron/launch'],
    typesFrom: ['electron/station'],
    packages: [],
    node: 'all',
  },
  { folder: 'electron/preload', from: [], typesFrom: [shared], packages: ['electron'], node: [] },

  {
    folder: 'renderer/vite.config.ts',
    from: [],
    packages: ['vite', '@vitejs/plugin-react'],
    node: 'all',
  },
  {
    folder: 'renderer',
    from: [shared],
    packages: [
      '@fontsource-variable/*',
      '@hpke/core',
      '@mantine/core',
      '@mantine/hooks',
      '@tanstack/react-table',
      '@tanstack/react-virtual',
      'i18next',
      'react',
      'react-dom',
      'react-i18next',
      'uplot',
    ],
    node: [],
  },

  {
    folder: 'resources/phone-client/build.mjs',
    from: ['resources/phone-client/client-version.ts'],
    packages: ['vite', 'rolldown'],
    node: 'all',
  },
  {
    folder: 'resources/phone-client',
    from: ['electron/shared/codec', 'electron/shared/domain', 'electron/shared/result'],
    typesFrom: ['electron/shared/bank-api'],
    packages: ['@noble/*'],
    node: [],
  },
  {
    // The build needs what is installed; what runs before the installation must not.
    folder: 'resources/host/build.mjs',
    from: ['resources/host', 'resources/phone-client/build.mjs'],
    packages: ['vite'],
    node: 'all',
  },
  { folder: 'resources/host/bundle-programs.mjs', from: [], packages: ['vite'], node: 'all' },
  { folder: 'resources/host', from: [], packages: [], node: 'all' },
];

/** Nobody imports these; they import whom they like. */
export const outside: readonly string[] = ['tests', 'eslint.config.js', 'vitest.config.ts'];
