/** The files of a SIM and its PIN, as a virtual card keeps them. Bytes are lower-case hex. */
export interface UiccState {
  /** A card of the second generation knows only class A0. */
  readonly generation: 'uicc' | 'sim';
  pin1: { value: string; enabled: boolean; total: number; left: number };
  /** By path from the top, e.g. '3f00/2fe2'. The folder of the USIM is '7fff', for a SIM '7f20'. */
  files: Record<string, SimFile>;
}

export interface SimFile {
  /** Bytes of a transparent file, or the records of a linear one. */
  readonly content: string | readonly string[];
  readonly behindPin1: boolean;
}

export interface Subscription {
  readonly iccid: string;
  readonly imsi: string;
  readonly number?: string;
  readonly provider?: string;
}

/** A SIM of a subscription, its PIN1 0000 and switched off unless said otherwise. */
export const simOf = (
  { iccid, imsi, number, provider }: Subscription,
  options: { readonly generation?: 'uicc' | 'sim'; readonly pin1?: string } = {},
): UiccState => {
  const { generation = 'uicc', pin1 } = options;
  const folder = generation === 'uicc' ? '3f00/7fff' : '3f00/7f20';
  const numbers = generation === 'uicc' ? folder : '3f00/7f10';
  return {
    generation,
    pin1: { value: pinBlock(pin1 ?? '0000'), enabled: pin1 !== undefined, total: 3, left: 3 },
    files: {
      '3f00/2fe2': { content: swapped(iccid.padEnd(20, 'f')), behindPin1: false },
      ...(generation === 'uicc' && {
        '3f00/2f00': {
          content: [`61184f10${usimAid}50045553494d`.padEnd(76, 'f'), 'ff'.repeat(38)],
          behindPin1: false,
        },
      }),
      [`${folder}/6f07`]: { content: imsiFile(imsi), behindPin1: true },
      [`${folder}/6f46`]: {
        content: `01${Buffer.from(provider ?? '', 'latin1').toString('hex')}`.padEnd(34, 'f'),
        behindPin1: false,
      },
      [`${numbers}/6f40`]: {
        content: [numberRecord(number), 'ff'.repeat(28)],
        behindPin1: true,
      },
    },
  };
};

export const usimAid = 'a0000000871002ff86ffff89ffffffff';

export const pinBlock = (digits: string): string => Buffer.from(digits).toString('hex').padEnd(16, 'f');

const swapped = (digits: string): string => digits.replace(/(.)(.)/g, '$2$1');

const imsiFile = (imsi: string): string => {
  const odd = imsi.length % 2 === 1;
  const body = swapped(odd ? `9${imsi}` : `1${imsi}f`);
  return ((body.length / 2).toString(16).padStart(2, '0') + body).padEnd(18, 'f');
};

const numberRecord = (number: string | undefined): string => {
  if (number === undefined) return 'ff'.repeat(28);
  const digits = number.replace('+', '');
  const even = digits.length % 2 === 0 ? digits : `${digits}f`;
  const length = (1 + even.length / 2).toString(16).padStart(2, '0');
  return 'ff'.repeat(14) + `${length}${number.startsWith('+') ? '91' : '81'}${swapped(even)}`.padEnd(28, 'f');
};
