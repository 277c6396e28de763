import type { RunView } from '../../../electron/shared/contract/index.ts';
import { Page, RunProgress } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { aboutRun } from './about-run.ts';
import { StopRun } from './stop-run.tsx';

/** The station works; the teller sees what, to what, and how long. */
export function WriteCard({ run }: { run: RunView }) {
  const { t } = useWords();
  return (
    <Page testId="write-card" eyebrow={aboutRun(t('issue.title'), run)} actions={<StopRun run={run} />}>
      <RunProgress run={run} />
    </Page>
  );
}
