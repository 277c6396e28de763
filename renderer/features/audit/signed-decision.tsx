import { useState } from 'react';
import { officerActLines, type OfficerAct } from '../../../electron/shared/domain/index.ts';
import { useCall } from '../../bridge/index.ts';
import { ActLines, ActionButton, CodeText, FaultNotice, Notice } from '../../widgets/index.ts';
import { useWords } from '../../words/index.ts';
import classes from './signed-decision.module.css';

/** What an officer's card has signed, line by line as it was shown, to take along with its proof. */
export function SignedDecision({ sequence, act }: { sequence: number; act: OfficerAct }) {
  const { t, locale } = useWords();
  const save = useCall('audit.exportEvidence');
  const [saved, setSaved] = useState<{ path: string; sha256: string }>();
  return (
    <section className={classes.decision} data-testid="signed-decision">
      <h3 className={classes.heading}>{t('audit.signed')}</h3>
      <ActLines lines={officerActLines(act)} />
      {save.fault ? <FaultNotice fault={save.fault} testId="evidence-fault" /> : null}
      <div>
        <ActionButton
          small
          icon="seal"
          shortcut="F8"
          busy={save.busy}
          testId="export-evidence"
          onAct={() => {
            void save.run({ sequence, locale }).then((result) => {
              if (result.ok) setSaved(result.value);
            });
          }}
        >
          {t('audit.exportEvidence')}
        </ActionButton>
      </div>
      {saved ? (
        <Notice tone="good" title={t('audit.exported')} testId="evidence-saved">
          <p className={classes.path}>{saved.path}</p>
          <p>
            {t('audit.sums')} <CodeText value={saved.sha256} ends={8} />
          </p>
        </Notice>
      ) : (
        <p className={classes.body}>{t('audit.signedBody')}</p>
      )}
    </section>
  );
}
