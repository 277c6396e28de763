import { describe, expect, test } from 'vitest';
import {
  aboutRelease,
  officerActLines,
  officerActText,
  parseOfficerAct,
  type OfficerAct,
} from '../../../electron/shared/domain/index.ts';

const act: OfficerAct = {
  act: 'release-from-quarantine',
  bankId: 'CW',
  stationId: 'ST-0101',
  officerId: 'wangqiang',
  at: '2026-03-12T06:32:10.000Z',
  about: aboutRelease({
    releaseId: '7d0a8b52',
    mediumIdentity: '02e3',
    finding: 'as-recorded',
    askedBy: 'zhaomin',
    reason: 'loose contact',
    note: '',
  }),
};

describe('the text that an officer’s card signs', () => {
  test('is these bytes', () => {
    expect(officerActText(act)).toBe(
      [
        'cardwright officer act, version 1',
        'act: release-from-quarantine',
        'bank: CW',
        'station: ST-0101',
        'officer: wangqiang',
        'time: 2026-03-12T06:32:10.000Z',
        'release: 7d0a8b52',
        'card: 02e3',
        'finding: as-recorded',
        'found: loose contact',
        'asked-by: zhaomin',
        'note: ',
        '',
      ].join('\n'),
    );
  });

  test('comes back as the act it was, whatever stands in it', () => {
    for (const note of [
      '',
      'a\nb',
      'a\\nb',
      '"quoted"',
      '李娜 ok',
      '\u2028x\u0085',
      'act: leave',
      '\\u000a',
    ]) {
      const about: OfficerAct['about'] = [['note', note]];
      const text = officerActText({ ...act, about });
      expect(parseOfficerAct(text)).toEqual({ ...act, about });
      expect(text.split(/[\n\r\u0085\u2028\u2029]/)).toHaveLength(8);
    }
  });

  test('is told from another one by every line', () => {
    const texts = [
      act,
      { ...act, act: 'leave-in-quarantine' as const },
      { ...act, stationId: 'ST-0102' },
      { ...act, about: act.about.slice(1) },
      { ...act, about: act.about.map(([name, value]): [string, string] => [name, `${value} `]) },
    ].map(officerActText);
    expect(new Set(texts).size).toBe(texts.length);
    expect(officerActLines(act)).toHaveLength(11);
  });

  test.each([
    '',
    'cardwright officer act, version 2\nact: sign-in\n',
    `${officerActText(act)}more`,
    officerActText(act).replace('act: release-from-quarantine', 'act: transfer'),
    officerActText(act).replace('note: ', 'note: \\q'),
    officerActText(act).replace('bank: ', 'bank:  '),
    officerActText(act).slice(0, -1),
  ])('is not %j', (text) => {
    const read = parseOfficerAct(text);
    // Two spaces are a value that begins with one: another act, with a text of its own.
    if (read) expect(officerActText(read)).toBe(text);
    if (read) expect(read).not.toEqual(act);
  });
});
