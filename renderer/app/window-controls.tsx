import { Tooltip, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import type { Locale } from '../../electron/shared/contract/index.ts';
import { Icon } from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import classes from './window-controls.module.css';

/** Language and colours, at once and without a restart. */
export function WindowControls({ onLocale }: { onLocale: (locale: Locale) => void }) {
  const { t, locale } = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const other: Locale = locale === 'en' ? 'zh-CN' : 'en';
  const themeLabel = t(scheme === 'light' ? 'app.themeToDark' : 'app.themeToLight');
  return (
    <div className={classes.controls}>
      <button
        type="button"
        className={classes.control}
        lang={other}
        onClick={() => {
          onLocale(other);
        }}
        data-testid="switch-language"
      >
        <Icon name="language" size={17} />
        {t('app.otherLanguage')}
      </button>
      <Tooltip label={themeLabel}>
        <button
          type="button"
          className={classes.control}
          aria-label={themeLabel}
          onClick={() => {
            setColorScheme(scheme === 'light' ? 'dark' : 'light');
          }}
          data-testid="switch-theme"
        >
          <Icon name={scheme === 'light' ? 'moon' : 'sun'} size={17} />
        </button>
      </Tooltip>
    </div>
  );
}
