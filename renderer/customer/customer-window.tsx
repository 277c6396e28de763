import { useEffect, useRef } from 'react';
import type { CustomerPrompt } from '../../electron/shared/contract/index.ts';
import type { StationClient } from '../bridge/index.ts';
import { allParts, Icon, MediumDrawing, StateMark, TrainingBand } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './customer-window.module.css';
import { Guilloche } from './guilloche.tsx';
import { EnterSecrets } from './enter-secrets.tsx';
import { useCustomerPrompt } from './use-customer-prompt.ts';

/** Big type, one question at a time. */
export function CustomerWindow({ client }: { client: StationClient }) {
  const { t, locale, setLocale } = useWords();
  const { prompt, description } = useCustomerPrompt(client);
  const chosenByCustomer = useRef(false);
  const idle = prompt?.kind === 'idle';

  useEffect(() => {
    if (idle) chosenByCustomer.current = false; // the next customer starts in the station's language
  }, [idle]);
  useEffect(
    () =>
      client.on('locale.changed', (changed) => {
        if (!chosenByCustomer.current) setLocale(changed.locale);
      }),
    [client, setLocale],
  );
  useEffect(() => {
    document.title = description?.training === true ? `Cardwright – ${t('app.training')}` : 'Cardwright';
  }, [description, t]);

  const bank = description?.connection.bank;
  return (
    <div className={classes.window} data-testid="customer-screen" data-prompt={prompt?.kind}>
      {description?.training === true ? <TrainingBand /> : null}
      <header className={classes.top}>
        <span className={classes.bank}>
          <span className={classes.logo}>
            <Icon name="bank" size={30} />
          </span>
          <span>
            {locale === 'en' ? bank?.nameLatin : bank?.name}
            <span className={classes.otherName}>{locale === 'en' ? bank?.name : bank?.nameLatin}</span>
          </span>
        </span>
        <div className={classes.languages} role="radiogroup" aria-label={t('customer.language')}>
          {(['zh-CN', 'en'] as const).map((choice) => (
            <label key={choice} className={classes.language} lang={choice}>
              <input
                type="radio"
                name="language"
                checked={locale === choice}
                onChange={() => {
                  chosenByCustomer.current = true;
                  setLocale(choice);
                }}
                data-testid={`customer-language-${choice}`}
              />
              {choice === 'en' ? 'English' : '中文'}
            </label>
          ))}
        </div>
      </header>
      <main className={classes.main}>
        {prompt ? (
          <PromptScreen
            client={client}
            prompt={prompt}
            bank={locale === 'en' ? bank?.nameLatin : bank?.name}
          />
        ) : null}
      </main>
    </div>
  );
}

function PromptScreen({
  client,
  prompt,
  bank,
}: {
  client: StationClient;
  prompt: CustomerPrompt;
  bank: string | undefined;
}) {
  const { t, shared } = useWords();
  switch (prompt.kind) {
    case 'idle':
      return (
        <div className={classes.centre} data-testid="customer-idle">
          <Guilloche />
          <h1 className={classes.title}>{t('customer.welcome')}</h1>
          <p className={classes.body}>{t('customer.idle')}</p>
        </div>
      );
    case 'enter-secrets':
      return <EnterSecrets key={prompt.askId} client={client} prompt={prompt} />;
    case 'wait':
      return (
        <div className={classes.centre} data-testid="customer-wait">
          <StateMark mark="working" size={64} />
          <h1 className={classes.title}>{t('customer.waitTitle')}</h1>
          <p className={classes.body}>{t('customer.waitBody')}</p>
        </div>
      );
    case 'type-at-reader':
      return (
        <div className={classes.centre} data-testid="customer-type-at-reader">
          <span className={classes.keys}>
            <Icon name="keypad" size={72} />
          </span>
          <h1 className={classes.title}>{t('customer.atReaderTitle')}</h1>
          <p className={classes.body}>{t('customer.atReaderBody')}</p>
        </div>
      );
    case 'take-card':
      return (
        <div className={classes.centre} data-testid="customer-take-card">
          <div className={classes.card}>
            <MediumDrawing
              kind={prompt.mediumKind}
              print={{ parts: allParts(prompt.mediumKind, 'done'), name: prompt.customerName, bank }}
            />
          </div>
          <h1 className={classes.title}>
            {t('customer.takeTitle', { medium: shared.mediumKinds[prompt.mediumKind] })}
          </h1>
          <p className={classes.body}>{t('customer.takeBody')}</p>
        </div>
      );
  }
}
