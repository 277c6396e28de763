import type { RunView } from '../../../electron/shared/contract/index.ts';
import { FaultPanel, Page, RunProgress } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import { ChooseMedium } from './choose-medium.tsx';
import { CustomerSecrets } from './customer-secrets.tsx';
import { Finished } from './finished.tsx';
import { HandOver } from './hand-over.tsx';
import { aboutRun } from './about-run.ts';
import { stageOfRun } from './stage-of-run.ts';
import { Undone } from './undone.tsx';
import { WriteCard } from './write-card.tsx';

/** The run leads; each of its states has one screen. */
export function RunStages({
  run,
  onNext,
  onOpenDrawer,
}: {
  run: RunView;
  onNext: () => void;
  onOpenDrawer: (() => void) | undefined;
}) {
  const { t } = useWords();
  const { state } = run;
  const about = aboutRun(t('issue.title'), run);
  switch (state.kind) {
    case 'failed':
      return (
        <Page eyebrow={about} testId="run-failed">
          <FaultPanel run={run} />
        </Page>
      );
    case 'undoing':
      return (
        <Page eyebrow={about} testId="run-undoing">
          <RunProgress run={run} />
        </Page>
      );
    case 'completed':
      return state.outcome === 'done' ? <Finished run={run} onNext={onNext} /> : <Undone onNext={onNext} />;
    case 'asking':
    case 'working':
      switch (stageOfRun(run)) {
        case 'customer':
        case 'secrets':
          return <CustomerSecrets run={run} />;
        case 'medium':
          return <ChooseMedium run={run} onOpenDrawer={onOpenDrawer} />;
        case 'write':
          return <WriteCard run={run} />;
        case 'handOver':
          return <HandOver run={run} />;
      }
  }
}
