import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** Two pages, one for each seat. Everything they need is shipped beside them: they reach no network. */
export default defineConfig({
  root: here('.'),
  base: './',
  plugins: [react()],
  cacheDir: here('../.cache/vite'),
  build: {
    outDir: here('../dist/renderer'),
    emptyOutDir: true,
    target: 'chrome140',
    assetsInlineLimit: 0, // a font as data: URL would be loaded whole, on every start
    modulePreload: { polyfill: false }, // the polyfill fetches, and `connect-src 'none'` forbids it
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
    rolldownOptions: { input: { index: here('index.html'), customer: here('customer.html') } },
  },
});
