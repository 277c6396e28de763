import {
  createContext,
  useCallback,
  useContext,
  useEffect,
  useId,
  useMemo,
  useState,
  type ReactNode,
} from 'react';
import type { CardInspection } from '../../../electron/shared/contract/index.ts';
import type { CardRecord, CardState, MediumKind } from '../../../electron/shared/domain/index.ts';
import type { PartStates } from './card-parts.ts';

/** What the work on the screen is about. Everything else the panel knows from the station. */
export interface PanelSubject {
  readonly runId?: string | undefined;
  readonly reader?: string | undefined;
  /** What an inspection found. */
  readonly found?:
    | {
        readonly kind: MediumKind | 'unknown';
        readonly content: CardInspection['content'];
        readonly state: CardState | undefined;
        readonly parts: PartStates;
        readonly record: CardRecord | undefined;
      }
    | undefined;
}

const Current = createContext<PanelSubject>({});
const Say = createContext<(who: string, subject: PanelSubject | undefined) => void>(() => {});

export function PanelSubjectProvider({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<Readonly<Record<string, PanelSubject>>>({});
  const say = useCallback((who: string, subject: PanelSubject | undefined) => {
    setSaid((before) => {
      const others = Object.fromEntries(Object.entries(before).filter(([other]) => other !== who));
      return subject ? { ...others, [who]: subject } : others;
    });
  }, []);
  const subject = useMemo(() => together(Object.values(said)), [said]);
  return (
    <Say value={say}>
      <Current value={subject}>{children}</Current>
    </Say>
  );
}

export const usePanelSubject = (): PanelSubject => useContext(Current);

/** While the calling screen stands, the panel shows this card. A place and a screen in it may each say their part. */
export function useCardPanel({ runId, reader, found }: PanelSubject): void {
  const say = useContext(Say);
  const who = useId();
  const subject = useMemo(() => ({ runId, reader, found }), [runId, reader, found]);
  useEffect(() => {
    say(who, subject);
    return () => {
      say(who, undefined);
    };
  }, [say, who, subject]);
}

const together = (subjects: readonly PanelSubject[]): PanelSubject => ({
  runId: subjects.find((subject) => subject.runId !== undefined)?.runId,
  reader: subjects.find((subject) => subject.reader !== undefined)?.reader,
  found: subjects.find((subject) => subject.found !== undefined)?.found,
});
