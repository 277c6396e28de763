import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseHex, utf8 } from '../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { TrainingDevices } from '../../drivers/training-devices.ts';
import { fileCardStore } from '../card/card-store.ts';
import { foreignCard } from '../card/foreign-card.ts';
import { trainingSim, virtualBankCard } from '../card/virtual-bank-card.ts';
import type { VirtualCard } from '../card/virtual-card.ts';
import { virtualPivCard } from '../card/virtual-piv-card.ts';
import { virtualMediaDriver, type VirtualMediaDriver } from '../medium/virtual-media-driver.ts';
import { createMedium, loadMedium, type VirtualMedium } from '../medium/virtual-medium.ts';
import { virtualCardDriver, type VirtualCardDriver } from '../reader/virtual-card-driver.ts';
import { live } from './past-lives.ts';
import { readDrawer, writeDrawer, type DrawerContent } from './drawer-file.ts';
import {
  firstDay,
  newItem,
  trainingApplet,
  trainingReaders,
  trainingSlots,
  type Blank,
  type DrawerItem,
} from './first-day.ts';

/** Virtual readers, virtual slots and the drawer beside them. */
export interface TrainingDrawer extends TrainingDevices {
  readonly cards: VirtualCardDriver;
  readonly media: VirtualMediaDriver;
}

/**
 * Opens the drawer kept in a folder, or fills a new one. What was in a reader when the program ended is in
 * it again.
 */
export const openTrainingDrawer = (folder: string): TrainingDrawer => {
  const cards = virtualCardDriver(trainingReaders);
  const media = virtualMediaDriver(trainingSlots);
  let content: DrawerContent = withNewcomers(readDrawer(folder));

  const keep = (items: DrawerContent['items']): void => {
    content = { items };
    writeDrawer(folder, content);
  };

  const folderOf = (itemId: string): string => join(folder, 'items', itemId);

  const put = (item: DrawerItem, reader: string): Result<void> => {
    const slots =
      item.takes === 'card' ? cards.readers().map((one) => one.reader) : media.slots().map((one) => one.slot);
    if (!slots.includes(reader))
      return isReader(reader) ? fail('bad-input', { field: 'reader' }) : fail('reader-unknown', { reader });
    if (item.blank.made === 'sd-card')
      return media.insert(reader, openMedium(folderOf(item.itemId), item.blank));
    return cards.insert(reader, openCard(folderOf(item.itemId), item.blank));
  };

  const isReader = (reader: string): boolean =>
    cards.readers().some((one) => one.reader === reader) || media.slots().some((one) => one.slot === reader);

  const isEmpty = (reader: string): boolean =>
    !cards.readers().some((one) => one.reader === reader && one.card !== undefined) &&
    !media.slots().some((one) => one.slot === reader && one.medium !== undefined);

  /** A script may have pulled it: the drivers know what is where. */
  const notePulled = (): void => {
    if (!content.items.some((item) => item.inReader !== undefined && isEmpty(item.inReader))) return;
    keep(
      content.items.map((item) => {
        if (item.inReader === undefined || !isEmpty(item.inReader)) return item;
        const { inReader: _, ...rest } = item;
        return rest;
      }),
    );
  };

  const takeOut = (reader: string): Result<void> => {
    if (!isReader(reader)) return fail('reader-unknown', { reader });
    return cards.readers().some((one) => one.reader === reader) ? cards.remove(reader) : media.remove(reader);
  };

  for (const item of content.items) if (item.inReader !== undefined) put(item, item.inReader);
  cards.onChange(notePulled);
  media.onChange(notePulled);
  keep(content.items);

  return {
    cards,
    media,
    list: async () =>
      ok(
        content.items.map(({ itemId, label, labelZh, takes, kind, inReader }) => ({
          itemId,
          label,
          labelZh,
          takes,
          kind,
          ...(inReader !== undefined && { inReader }),
        })),
      ),
    async insert(itemId, reader) {
      const item = content.items.find((one) => one.itemId === itemId);
      if (item === undefined) return fail('bad-input', { field: 'itemId' });
      if (item.inReader !== undefined) return fail('reader-busy', { reader: item.inReader });
      const done = put(item, reader);
      if (!done.ok) return done;
      keep(content.items.map((one) => (one === item ? { ...one, inReader: reader } : one)));
      return ok();
    },
    remove: async (reader) => takeOut(reader),
    async add(kind, name) {
      if (name && content.items.some(({ itemId }) => itemId === name.itemId))
        return fail('bad-input', { field: 'itemId' });
      const numbers = content.items.flatMap(({ itemId }) => {
        const number = new RegExp(`^${kind}-(\\d+)$`).exec(itemId)?.[1];
        return number === undefined ? [] : [Number(number)];
      });
      const item = { ...newItem(kind, Math.max(0, ...numbers) + 1), ...name };
      keep([...content.items, item]);
      return ok({ itemId: item.itemId });
    },
    async reset() {
      for (const { inReader } of content.items) if (inReader !== undefined) takeOut(inReader);
      for (const { reader } of cards.readers()) cards.script(reader).clear();
      for (const { slot } of media.slots()) media.script(slot).clear();
      rmSync(join(folder, 'items'), { recursive: true, force: true });
      keep(firstDay());
      return ok();
    },
    async setPull(reader, operation, when) {
      if (!isReader(reader)) return fail('reader-unknown', { reader });
      if (!Number.isInteger(operation) || operation < 1) return fail('bad-input', { field: 'operation' });
      const takesMedia = media.slots().some((one) => one.slot === reader);
      if (takesMedia) media.script(reader).pullAt(operation, when);
      else cards.script(reader).pullAt(operation, when === 'during' ? 'before' : when);
      return ok();
    },
    async setOverride(reader, override) {
      if (!isReader(reader)) return fail('reader-unknown', { reader });
      const takesMedia = media.slots().some((one) => one.slot === reader);
      if (override.kind === 'bad-cell') {
        if (!takesMedia) return fail('bad-input', { field: 'override' });
        media.script(reader).damageOnce((path) => path.endsWith(override.pathEnd), override.how);
        return ok();
      }
      if (takesMedia) return fail('bad-input', { field: 'override' });
      const answer = override.answer === 'silence' ? ok('silence' as const) : parseHex(override.answer);
      if (!answer.ok) return answer;
      cards.script(reader).answerOnce((command) => command[1] === override.instruction, answer.value);
      return ok();
    },
    async clearPlans(reader) {
      if (!isReader(reader)) return fail('reader-unknown', { reader });
      if (media.slots().some((one) => one.slot === reader)) media.script(reader).clear();
      else cards.script(reader).clear();
      return ok();
    },
  };
};

/** A drawer of an earlier version gets what has come to the first day since. */
const withNewcomers = (kept: DrawerContent | undefined): DrawerContent => {
  const items = kept?.items ?? [];
  const known = new Set(items.map(({ itemId }) => itemId));
  return { items: [...items, ...firstDay().filter(({ itemId }) => !known.has(itemId))] };
};

const openCard = (folder: string, blank: Exclude<Blank, { made: 'sd-card' }>): VirtualCard => {
  const store = fileCardStore(join(folder, 'card.json'));
  switch (blank.made) {
    case 'foreign-card':
      return foreignCard();
    case 'bank-card':
      return virtualBankCard({
        store,
        model: blank.model,
        ...(blank.withSubscription === true && { sim: trainingSim() }),
        ...(blank.withApplet === true && { applet: trainingApplet }),
      });
    case 'piv-card': {
      const { form, capacity, past } = blank;
      const options = { form, ...(capacity !== undefined && { capacity }) };
      if (past !== undefined && store.load() === undefined) {
        // Whole at once: a program that ends here leaves a card with its past, or none.
        const { state } = virtualPivCard(options);
        live(state.piv, past);
        store.save(JSON.stringify(state));
      }
      return virtualPivCard({ store, ...options });
    }
  }
};

const openMedium = (folder: string, blank: Extract<Blank, { made: 'sd-card' }>): VirtualMedium => {
  if (existsSync(join(folder, 'medium.json'))) return loadMedium(folder);
  const medium = createMedium(folder, blank.medium);
  for (const file of blank.files ?? [])
    medium.files.write(file, utf8(`This is ${file}, the customer's own.\n`));
  return medium;
};
