import type { BatchCard, BatchView, Locale } from '../../shared/contract/index.ts';
import { words } from '../../shared/text/index.ts';

export interface BatchPlace {
  readonly stationId: string;
  readonly branch: string;
  readonly branchLatin: string;
  readonly training: boolean;
}

/**
 * Every card of a batch, RFC 4180 with a byte-order mark, so that a spreadsheet reads Chinese as Chinese. Codes
 * stand beside words: a program reads the same file.
 */
export function batchCsv(
  batch: BatchView,
  cards: readonly BatchCard[],
  place: BatchPlace,
  locale: Locale,
): string {
  const { batches } = words[locale];
  const heads = batches.csv;
  const branch = locale === 'en' ? place.branchLatin : place.branch;
  const about = [
    [heads.batch, batch.batchId, batches.works[batch.work].name],
    [heads.station, place.stationId, branch, ...(place.training ? [heads.training] : [])],
    [heads.officer, batch.officerId],
    [heads.begun, batch.startedAt],
    [heads.ended, batch.endedAt ?? ''],
    [],
  ];
  const columns = [
    heads.number,
    heads.at,
    heads.reader,
    heads.medium,
    heads.serial,
    heads.result,
    heads.outcome,
    heads.fault,
    heads.tookMs,
    heads.run,
  ];
  const rows = cards.map((card, index) => [
    String(index + 1),
    card.at,
    card.reader,
    card.kind === undefined ? '' : words[locale].mediumKinds[card.kind],
    card.serial ?? '',
    resultOf(batch, card, locale),
    card.outcome,
    card.faultCode ?? '',
    String(card.tookMs),
    card.runId,
  ]);
  return `\uFEFF${[...about, columns, ...rows].map((row) => row.map(field).join(',')).join('\r\n')}\r\n`;
}

function resultOf(batch: BatchView, card: BatchCard, locale: Locale): string {
  const { works, outcomes } = words[locale].batches;
  return card.outcome === 'good' ? works[batch.work].done : outcomes[card.outcome];
}

/** What a medium calls itself is not ours: a spreadsheet must not take it for a formula. */
const field = (text: string): string => {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
};
