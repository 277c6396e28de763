import { useMemo } from 'react';
import type { FramePort } from '../../electron/shared/contract/index.ts';
import { NoStation } from '../app/no-station.tsx';
import { ThemeProvider } from '../app/theme/theme-provider.tsx';
import { connectStation } from '../bridge/index.ts';
import { rememberedLocale, WordsProvider } from '../words/index.ts';
import { CustomerWindow } from './customer-window.tsx';

/** The customer's own screen, whole. It has its own port and its own role, and nothing of the teller's. */
export function CustomerApp({ port, bare = false }: { port: FramePort | undefined; bare?: boolean }) {
  const client = useMemo(() => (port ? connectStation(port) : undefined), [port]);
  return (
    <ThemeProvider bare={bare}>
      <WordsProvider initial={rememberedLocale()}>
        {client ? <CustomerWindow client={client} /> : <NoStation />}
      </WordsProvider>
    </ThemeProvider>
  );
}
