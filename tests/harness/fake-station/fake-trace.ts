import type { TraceLine } from '../../../electron/shared/contract/index.ts';
import { fakeNow, readers } from './fake-data.ts';
import { wipeRunId } from './fake-runs.ts';

type Said = readonly [
  header: string,
  sent: number,
  data: string | undefined,
  answer: number,
  answered: string | undefined,
  sw: string | undefined,
];

const said: readonly Said[] = [
  ['00a40400', 9, 'a00000030800001000', 23, '6115 4f0600001000 0100'.replaceAll(' ', ''), '9000'],
  ['00f80000', 0, undefined, 4, undefined, '9000'],
  ['00cb3fff', 5, '5c035fc105', 0, '', '6a82'],
  ['00200080', 0, undefined, 0, undefined, '63c3'],
  ['00f7009b', 0, undefined, 9, undefined, '9000'],
  ['00870c9b', 12, undefined, 20, undefined, '9000'],
  ['00870c9b', 40, undefined, 0, undefined, '6982'],
];

/** What the station said to a card, one command after another. */
export const traceLines: readonly TraceLine[] = said.flatMap(
  ([header, sent, data, answered, answer, sw], index) => {
    const at = (ms: number) => new Date(fakeNow - 4000 + index * 180 + ms).toISOString();
    const common = { reader: readers.card1, runId: wipeRunId, header };
    return [
      {
        ...common,
        number: index * 2 + 1,
        at: at(0),
        direction: 'command' as const,
        dataLength: sent,
        ...(data !== undefined && { data }),
      },
      {
        ...common,
        number: index * 2 + 2,
        at: at(42),
        direction: 'response' as const,
        dataLength: answered,
        ...(answer !== undefined && { data: answer }),
        ...(sw !== undefined && { sw }),
      },
    ];
  },
);
