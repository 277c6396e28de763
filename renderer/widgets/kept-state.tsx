import { createContext, useCallback, useContext, useState, type ReactNode } from 'react';

const Kept = createContext<Map<string, unknown>>(new Map());

/** Keeps what a screen was at while another place is shown; gone with the officer's session. */
export function KeptStateProvider({ children }: { children: ReactNode }) {
  const [kept] = useState(() => new Map<string, unknown>());
  return <Kept value={kept}>{children}</Kept>;
}

/** Like useState, but still there when the screen comes back. One name, one type. */
export function useKept<T>(name: string, initial: T): readonly [T, (next: T) => void] {
  const kept = useContext(Kept);
  // Only this hook writes under `name`, so what is found is what was put.
  const [value, setValue] = useState<T>(() => (kept.has(name) ? (kept.get(name) as T) : initial));
  const put = useCallback(
    (next: T) => {
      kept.set(name, next);
      setValue(next);
    },
    [kept, name],
  );
  return [value, put];
}
