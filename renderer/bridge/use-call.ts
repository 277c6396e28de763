import { useCallback, useEffect, useRef, useState } from 'react';
import type { Fault, Result } from '../../electron/shared/result/index.ts';
import type { StationCall, StationInput, StationOutput } from './station-client.ts';
import { useStation } from './station-provider.tsx';

export interface CallState<N extends StationCall> {
  readonly busy: boolean;
  /** Why the last one failed; gone as soon as the next begins. */
  readonly fault: Fault | undefined;
  run(input: StationInput<N>): Promise<Result<StationOutput<N>>>;
  clear(): void;
}

/** A call that somebody asks for by pressing something. */
export function useCall<N extends StationCall>(name: N): CallState<N> {
  const { client } = useStation();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<Fault>();
  const run = useCallback(
    async (input: StationInput<N>) => {
      setBusy(true);
      setFault(undefined);
      const result = await client.call(name, input);
      setBusy(false);
      if (!result.ok) setFault(result.fault);
      return result;
    },
    [client, name],
  );
  const clear = useCallback(() => {
    setFault(undefined);
  }, []);
  return { busy, fault, run, clear };
}

export type QueryState<N extends StationCall> =
  | { readonly kind: 'loading' }
  | { readonly kind: 'ready'; readonly value: StationOutput<N> }
  | { readonly kind: 'failed'; readonly fault: Fault };

/**
 * A call whose answer the screen shows. `undefined` asks nothing; another input asks anew and shows
 * nothing old. A new `freshness` asks anew too, and what is known stays on the screen meanwhile.
 */
export function useQuery<N extends StationCall>(
  name: N,
  input: StationInput<N> | undefined,
  freshness = '',
): { readonly state: QueryState<N>; again(): void } {
  const { client } = useStation();
  const key = input === undefined ? undefined : JSON.stringify(input);
  const [round, setRound] = useState(0);
  const [answer, setAnswer] = useState<{ key: string; state: QueryState<N> }>();
  const asked = useRef(input);
  useEffect(() => {
    asked.current = input;
  });
  useEffect(() => {
    const question = asked.current;
    if (key === undefined || question === undefined) return undefined;
    let dropped = false;
    void client.call(name, question).then((result) => {
      if (dropped) return;
      setAnswer({
        key,
        state: result.ok ? { kind: 'ready', value: result.value } : { kind: 'failed', fault: result.fault },
      });
    });
    return () => {
      dropped = true;
    };
  }, [client, name, key, round, freshness]);
  const again = useCallback(() => {
    setAnswer((last) => (last?.state.kind === 'failed' ? undefined : last));
    setRound((n) => n + 1);
  }, []);
  return { state: answer && answer.key === key ? answer.state : { kind: 'loading' }, again };
}
