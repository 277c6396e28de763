import { AsnConvert } from '@peculiar/asn1-schema';
import { describe, expect, it } from 'vitest';
import {
  asWanted,
  encodeName,
  formatName,
  nameDer,
  partOf,
  readName,
  type SubjectName,
} from '../../../electron/bank-server/ca/subject-name.ts';

const name: SubjectName = [
  { type: 'CN', value: 'Li Na' },
  { type: 'serialNumber', value: 'CW-7K3M-9QXD-2RTA' },
  { type: 'O', value: 'Qingyu Bank' },
  { type: 'C', value: 'CN' },
];

describe('a subject name', () => {
  it('is written as RFC 4514 says, with what has a meaning there escaped', () => {
    expect(formatName(name)).toBe('CN=Li Na,serialNumber=CW-7K3M-9QXD-2RTA,O=Qingyu Bank,C=CN');
    expect(formatName([{ type: 'O', value: 'Smith, Jones + "Co" \\ <x>;' }])).toBe(
      'O=Smith\\, Jones \\+ \\"Co\\" \\\\ \\<x\\>\\;',
    );
    expect(formatName([{ type: 'CN', value: '#1 ' }])).toBe('CN=\\#1\\ ');
  });

  it('has its parts in DER from the country to the person', () => {
    const short: SubjectName = [
      { type: 'CN', value: 'Li' },
      { type: 'serialNumber', value: 'CW' },
      { type: 'C', value: 'CN' },
    ];
    expect(nameDer(short).toString('hex')).toBe(
      '3027' +
        '310b300906035504061302434e' + // C, PrintableString
        '310b300906035504051302' +
        '4357' + // serialNumber, PrintableString
        '310b300906035504030c02' +
        '4c69', // CN, UTF8String
    );
  });

  it('comes back from DER as it was', () => {
    expect(nameDer(name)).toEqual(Buffer.from(AsnConvert.serialize(encodeName(name))));
    expect(readName(nameDer(name))).toEqual(name);
    expect(partOf(name, 'serialNumber')).toBe('CW-7K3M-9QXD-2RTA');
  });

  it('is recognised in either order, and not when a part differs', () => {
    const wanted = formatName(name);
    expect(asWanted(name, wanted)).toEqual(name);
    expect(asWanted([...name].reverse(), wanted)).toEqual(name);
    expect(asWanted(name.slice(0, 3), wanted)).toBeUndefined();
    expect(asWanted([...name.slice(1), name[0]!], wanted)).toBeUndefined();
  });
});
