import { lazy, Suspense, useState, type ReactNode } from 'react';
import type { StationDescription } from '../../electron/shared/contract/index.ts';
import type { Officer } from '../../electron/shared/domain/index.ts';
import { useStation } from '../bridge/index.ts';
import { BatchPlace } from '../features/batch/batch-place.tsx';
import { DevicesPlace } from '../features/devices/devices-place.tsx';
import { IssuePlace } from '../features/issue/issue-place.tsx';
import { OfficersPlace } from '../features/officers/officers-place.tsx';
import { QuarantinePlace } from '../features/quarantine/quarantine-place.tsx';
import { ReprovisionPlace } from '../features/reprovision/reprovision-place.tsx';
import {
  CardPanel,
  ConnectionStrip,
  Icon,
  KeyHint,
  Loading,
  PanelSubjectProvider,
  TrainingBand,
  TrainingDrawer,
  useKept,
  useShortcut,
} from '../widgets/index.ts';
import { useWords } from '../words/index.ts';
import { placesOf, type Place, type PlaceName } from './places.ts';
import classes from './shell.module.css';
import { Wordmark } from './wordmark.tsx';

/** Tables and charts are only fetched for those who read the log. */
const AuditPlace = lazy(() =>
  import('../features/audit/audit-place.tsx').then((module) => ({ default: module.AuditPlace })),
);

/** Left the places, on top what is connected, right the card; in the middle one decision. */
export function Shell({
  description,
  officer,
  controls,
}: {
  description: StationDescription;
  officer: Officer;
  controls: ReactNode;
}) {
  const { t, locale, shared } = useWords();
  const { store } = useStation();
  const places = placesOf[officer.role];
  const [placeName, setPlaceName] = useKept<PlaceName>('shell.place', places[0].name);
  const place = places.find(({ name }) => name === placeName) ?? places[0];
  const [drawer, setDrawer] = useState(false);
  const toggleDrawer = () => {
    setDrawer((open) => !open);
  };
  useShortcut('Alt+0', toggleDrawer, description.training);

  return (
    <PanelSubjectProvider>
      <div className={classes.shell} data-training={description.training}>
        <a className={classes.skip} href="#work">
          {t('app.skip')}
        </a>
        {description.training ? <TrainingBand onOpenDrawer={toggleDrawer} /> : null}
        <header className={classes.top}>
          <Wordmark />
          <span className={classes.branch}>
            {locale === 'en' ? description.branchLatin : description.branch}
          </span>
          <ConnectionStrip />
          <span className={classes.end}>
            {controls}
            <span className={classes.officer} data-testid="officer">
              <span>{officer.name}</span>
              <span className={classes.role}>{shared.roles[officer.role]}</span>
            </span>
            <button
              type="button"
              className={classes.out}
              onClick={() => {
                void store.signOut();
              }}
              data-testid="sign-out"
            >
              <Icon name="out" size={17} />
              {t('app.signOut')}
            </button>
          </span>
        </header>
        <nav className={classes.nav} aria-label={t('app.navigation')}>
          {places.map((candidate, index) => (
            <PlaceButton
              key={candidate.name}
              place={candidate}
              number={index + 1}
              here={candidate.name === place.name}
              onGo={() => {
                setPlaceName(candidate.name);
              }}
            />
          ))}
        </nav>
        <main className={classes.work} id="work" tabIndex={-1}>
          <PlaceContent name={place.name} onOpenDrawer={description.training ? toggleDrawer : undefined} />
        </main>
        {drawer ? (
          <aside className={classes.drawer} aria-label={t('drawer.title')}>
            <header className={classes.drawerHead}>
              <h2>{t('drawer.title')}</h2>
              <button type="button" className={classes.out} onClick={toggleDrawer} data-testid="drawer-close">
                <Icon name="cross" size={17} />
                {t('common.close')}
              </button>
            </header>
            <TrainingDrawer />
          </aside>
        ) : place.withCard ? (
          <CardPanel />
        ) : null}
      </div>
    </PanelSubjectProvider>
  );
}

function PlaceContent({ name, onOpenDrawer }: { name: PlaceName; onOpenDrawer: (() => void) | undefined }) {
  const { t } = useWords();
  switch (name) {
    case 'issue':
      return <IssuePlace onOpenDrawer={onOpenDrawer} />;
    case 'reprovision':
      return <ReprovisionPlace />;
    case 'batch':
      return <BatchPlace />;
    case 'quarantine':
      return <QuarantinePlace />;
    case 'officers':
      return <OfficersPlace />;
    case 'audit':
      return (
        <Suspense fallback={<Loading>{t('common.loading')}</Loading>}>
          <AuditPlace />
        </Suspense>
      );
    case 'devices':
      return <DevicesPlace />;
  }
}

function PlaceButton({
  place,
  number,
  here,
  onGo,
}: {
  place: Place;
  number: number;
  here: boolean;
  onGo: () => void;
}) {
  const { t } = useWords();
  useShortcut(`Alt+${number}`, onGo);
  return (
    <button
      type="button"
      className={classes.place}
      aria-current={here ? 'page' : undefined}
      aria-keyshortcuts={`Alt+${number}`}
      onClick={onGo}
      data-testid={`nav-${place.name}`}
    >
      <Icon name={place.icon} size={22} />
      <span>{t(`nav.${place.name}`)}</span>
      <KeyHint keys={`Alt ${number}`} />
    </button>
  );
}
