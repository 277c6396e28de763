import type { FramePort } from '../../electron/shared/contract/index.ts';
import { StationProvider } from '../bridge/index.ts';
import { rememberedLocale, WordsProvider } from '../words/index.ts';
import { NoStation } from './no-station.tsx';
import { OfficerWindow } from './officer-window.tsx';
import { ThemeProvider } from './theme/theme-provider.tsx';

/** The officer's window, whole. Without a port it says so. */
export function OfficerApp({ port, bare = false }: { port: FramePort | undefined; bare?: boolean }) {
  return (
    <ThemeProvider bare={bare}>
      <WordsProvider initial={rememberedLocale()}>
        {port ? (
          <StationProvider port={port}>
            <OfficerWindow />
          </StationProvider>
        ) : (
          <NoStation />
        )}
      </WordsProvider>
    </ThemeProvider>
  );
}
