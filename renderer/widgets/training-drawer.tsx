import { NativeSelect, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { ReaderView } from '../../electron/shared/contract/index.ts';
import type { MediumKind } from '../../electron/shared/domain/index.ts';
import type { Fault } from '../../electron/shared/result/index.ts';
import { useCall, useQuery, useStationSnapshot } from '../bridge/index.ts';
import { useWords } from '../words/index.ts';
import { ActionButton } from './action-button.tsx';
import { FaultNotice } from './fault-notice.tsx';
import { Icon, type IconName } from './icon.tsx';
import { Loading } from './loading.tsx';
import { StateMark } from './state-mark.tsx';
import classes from './training-drawer.module.css';
import { useReaderName } from './use-reader-name.ts';

/** The hands of training mode: what lies in the drawer, and putting it in and pulling it out. */
export function TrainingDrawer() {
  const { t, shared, locale } = useWords();
  const nameOf = useReaderName();
  const { readers } = useStationSnapshot();
  const insert = useCall('training.insert');
  const remove = useCall('training.remove');
  const create = useCall('training.newItem');
  const moved = readers.map((reader) => `${reader.reader}:${String(reader.medium?.insertion ?? '')}`).join();
  const drawer = useQuery('training.drawer', {}, moved);
  const { again } = drawer;

  const fault: Fault | undefined = insert.fault ?? remove.fault ?? create.fault;
  const virtualReaders = readers.filter((reader) => reader.virtual);

  return (
    <div className={classes.drawer} data-testid="training-drawer">
      <p className={classes.body}>{t('drawer.body')}</p>
      {fault ? <FaultNotice fault={fault} /> : null}
      {drawer.state.kind === 'loading' ? <Loading>{t('common.loading')}</Loading> : null}
      {drawer.state.kind === 'failed' ? <FaultNotice fault={drawer.state.fault} /> : null}
      {drawer.state.kind === 'ready' ? (
        <ul className={classes.items}>
          {drawer.state.value.items.length === 0 ? <li>{t('drawer.empty')}</li> : null}
          {drawer.state.value.items.map((item) => {
            const label = locale === 'en' ? item.label : item.labelZh;
            const inside = readers.find((reader) => reader.reader === item.inReader);
            const places = virtualReaders.filter(
              (reader) => reader.takes === item.takes && reader.medium === undefined,
            );
            return (
              <li
                key={item.itemId}
                className={classes.item}
                data-testid={`drawer-item-${item.itemId}`}
                data-in-reader={item.inReader}
              >
                <span className={classes.kind}>
                  <Icon name={iconOf[item.kind]} size={19} />
                </span>
                <span className={classes.label}>
                  <span>{label}</span>
                  <span className={classes.place}>
                    {inside
                      ? t('drawer.inReader', { reader: nameOf(inside) })
                      : shared.mediumKinds[item.kind]}
                  </span>
                </span>
                <span className={classes.moves}>
                  {inside ? (
                    <ActionButton
                      small
                      icon="eject"
                      testId={`drawer-remove-${item.itemId}`}
                      onAct={() => {
                        void remove.run({ reader: inside.reader }).then(again);
                      }}
                    >
                      {t('drawer.remove')}
                    </ActionButton>
                  ) : places.length === 0 ? (
                    <span className={classes.place}>{t('drawer.noReader')}</span>
                  ) : (
                    places.map((reader) => (
                      <ActionButton
                        key={reader.reader}
                        small
                        testId={`drawer-insert-${item.itemId}-${reader.reader}`}
                        onAct={() => {
                          void insert.run({ itemId: item.itemId, reader: reader.reader }).then(again);
                        }}
                      >
                        {t('drawer.insertInto', { reader: nameOf(reader) })}
                      </ActionButton>
                    ))
                  )}
                </span>
              </li>
            );
          })}
        </ul>
      ) : null}
      <div className={classes.make}>
        {(['sim', 'smart-card', 'sd-card'] satisfies MediumKind[]).map((kind) => (
          <ActionButton
            key={kind}
            small
            rank="plain"
            icon="plus"
            testId={`drawer-new-${kind}`}
            onAct={() => {
              void create.run({ kind }).then(again);
            }}
          >
            {t('drawer.newItem', { kind: shared.mediumKinds[kind] })}
          </ActionButton>
        ))}
      </div>
      {virtualReaders.map((reader) => (
        <PullAt key={reader.reader} reader={reader} />
      ))}
    </div>
  );
}

/** Pulls the card in the middle of something, at the same moment every time. */
function PullAt({ reader }: { reader: ReaderView }) {
  const { t } = useWords();
  const nameOf = useReaderName();
  const pull = useCall('training.pullAt');
  const [operation, setOperation] = useState('');
  const [when, setWhen] = useState<'before' | 'after'>('after');
  const [armed, setArmed] = useState<{ n: number; when: 'before' | 'after' }>();
  const n = Number(operation);
  const valid = Number.isInteger(n) && n > 0;
  if (!reader.medium) return null;
  return (
    <form
      className={classes.pull}
      onSubmit={(event) => {
        event.preventDefault();
        if (!valid) return;
        void pull.run({ reader: reader.reader, operation: n, when }).then((result) => {
          if (result.ok) setArmed({ n, when });
        });
      }}
    >
      <p className={classes.place}>
        {nameOf(reader)} · {t('drawer.pull')}
      </p>
      <div className={classes.pullRow}>
        <NativeSelect
          aria-label={`${nameOf(reader)}: ${t('drawer.pull')}`}
          value={when}
          data={[
            { value: 'before', label: t('drawer.pullBefore') },
            { value: 'after', label: t('drawer.pullAfter') },
          ]}
          onChange={(event) => {
            setWhen(event.currentTarget.value === 'before' ? 'before' : 'after');
          }}
        />
        <TextInput
          aria-label={t('drawer.pull')}
          className={classes.number}
          inputMode="numeric"
          value={operation}
          placeholder="12"
          onChange={(event) => {
            setOperation(event.currentTarget.value.replace(/\D/g, '').slice(0, 4));
          }}
          data-testid={`pull-at-${reader.reader}`}
        />
        <button type="submit" className={classes.set} disabled={!valid}>
          {t('drawer.pullSet')}
        </button>
      </div>
      {pull.fault ? <FaultNotice fault={pull.fault} /> : null}
      {armed ? (
        <p className={classes.armed}>
          <StateMark mark="careful" size={15} />
          {t('drawer.pullArmed', {
            n: armed.n,
            when: t(armed.when === 'before' ? 'drawer.pullBefore' : 'drawer.pullAfter'),
          })}
        </p>
      ) : null}
    </form>
  );
}

const iconOf: Readonly<Record<MediumKind | 'unknown', IconName>> = {
  sim: 'sim',
  'smart-card': 'issue',
  'sd-card': 'sd',
  unknown: 'empty',
};
