import type { Officer } from '../../shared/domain/index.ts';

/** Who can sign in at a training station. Shown on its sign-in screen; never seeded in production. */
export const trainingOfficers: readonly (Officer & {
  readonly password: string;
  readonly cardPin: string;
})[] = [
  { officerId: 'lina', name: '李娜 Li Na', role: 'teller', password: 'training-teller', cardPin: '240611' },
  {
    officerId: 'wangqiang',
    name: '王强 Wang Qiang',
    role: 'manager',
    password: 'training-manager',
    cardPin: '240622',
  },
  {
    officerId: 'zhaomin',
    name: '赵敏 Zhao Min',
    role: 'technician',
    password: 'training-technician',
    cardPin: '240633',
  },
];
