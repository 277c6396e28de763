import { fail, ok, type Result } from '../../shared/result/index.ts';
import { readKeyEvents } from '../audit/key-record.ts';
import {
  abandonMasterKey,
  activateMasterKey,
  adoptMasterKey,
  enterKeyComponent,
  type KeyRoom,
} from '../key-service/ceremony.ts';
import { readComponent } from './read-component.ts';
import type { StandaloneOptions } from './standalone-options.ts';

/** The commands about the cards' master keys. No answer has anything of a key but check values. */
export const keepMasterKeys = async (
  room: KeyRoom,
  { command, subject, officer, keyAlgorithm, componentFile, checkValue, foundKey }: StandaloneOptions,
): Promise<Result<object>> => {
  const version = Number(subject);
  if (command !== 'list-master-keys' && !/^[1-9]\d{0,5}$/.test(subject))
    return fail('bad-input', { field: 'version' });
  switch (command) {
    case 'enter-key-component': {
      const typed = await readComponent(componentFile, checkValue);
      if (!typed.ok) return typed;
      return enterKeyComponent(room, {
        version,
        algorithm: keyAlgorithm,
        officerId: officer,
        ...typed.value,
      });
    }
    case 'adopt-master-key': {
      const found = { version, name: foundKey ?? '', checkValue: checkValue ?? '', officerId: officer };
      const adopted = await adoptMasterKey(room, found);
      return adopted.ok ? ok({ kind: 'master-key-adopted', version, ...adopted.value }) : adopted;
    }
    case 'abandon-master-key': {
      const abandoned = await abandonMasterKey(room, version, officer);
      return abandoned.ok ? ok({ kind: 'abandoned', version }) : abandoned;
    }
    case 'activate-master-key': {
      const activated = await activateMasterKey(room, version, checkValue ?? '', officer);
      return activated.ok ? ok({ kind: 'activated', version, ...activated.value }) : activated;
    }
    default: {
      const { db } = room.bank.store;
      const keys = await db.selectFrom('master_keys').selectAll().orderBy('version').execute();
      const events = (await readKeyEvents(db))
        .filter(({ subject: about }) => about === 'master-key')
        .slice(-MOST_EVENTS)
        .map(({ at, kind, key, officers: by, subject: _subject, ...detail }) => ({
          ...{ version: Number(key), at, kind, officers: by, detail },
        }));
      const shown = keys.map((row) => ({ ...row, made_by: fromJson(row.made_by) }));
      return ok({ kind: 'master-keys', keys: shown, events });
    }
  }
};

const MOST_EVENTS = 200;

const fromJson = (text: string): unknown => JSON.parse(text);
