import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

/**
 * One project for each kind of proof. Native bindings (better-sqlite3, pcsclite) do not survive
 * worker threads, so every project runs in forked processes.
 */
export default defineConfig({
  test: {
    pool: 'forks',
    // The machines that run this have few cores, and the suites start processes of their own.
    maxWorkers: 2,
    passWithNoTests: true,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['tests/{unit,fuzz}/**/*.test.ts'],
          exclude: ['tests/unit/renderer/**'],
          // Nothing here outlives its file, and to load everything anew for each took as long as the tests.
          isolate: false,
          // A limit against hanging, not a measure: shared machines are slow at times.
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        plugins: [react()],
        test: {
          name: 'renderer',
          environment: 'jsdom',
          include: ['tests/unit/renderer/**/*.test.{ts,tsx}'],
          css: false,
          testTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: { name: 'architecture', include: ['tests/architecture/**/*.test.ts'], testTimeout: 60_000 },
      },
      {
        extends: true,
        test: {
          name: 'contract',
          include: ['tests/contract/**/*.test.ts'],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          exclude: ['tests/integration/{pcscd,bank-hsm}/**'],
          isolate: false, // as with unit
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // The token's library can be opened once in a process.
          name: 'hsm',
          include: ['tests/integration/bank-hsm/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Each file has a pcscd of its own, in a mount namespace of its own, and mostly waits for it.
          name: 'pcscd',
          include: ['tests/integration/pcscd/**/*.test.ts'],
          maxWorkers: 4,
          sequence: { groupOrder: 1 },
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'simulation',
          include: ['tests/simulation/**/*.test.ts'],
          maxWorkers: 4, // beside pcscd's
          sequence: { groupOrder: 1 },
          testTimeout: 300_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Real Chromium, by itself: a browser takes a core while it starts, and waits the rest of the time.
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts', 'tests/visual/**/*.test.ts'],
          sequence: { groupOrder: 2 },
          testTimeout: 180_000,
          hookTimeout: 120_000,
        },
      },
      {
        extends: true,
        test: {
          // Guests under software emulation, each on one core: as many at a time as everywhere, last.
          name: 'devicelab',
          include: ['tests/devicelab/**/*.test.ts'],
          globalSetup: ['tests/devicelab/prepare-once.ts'],
          sequence: { groupOrder: 3 },
          testTimeout: 300_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
