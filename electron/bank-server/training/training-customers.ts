import type { Customer } from '../../shared/domain/index.ts';
import { portraitUrl, type Portrait } from './portrait.ts';

/*
 * People to play with in training mode. All of them are invented: names, numbers and faces. Identity-card
 * numbers have a right region, date and check digit (GB 11643) and order codes nobody was given.
 * The account PINs stand here in the open because nothing is behind them; the bank's database holds
 * their hashes only, as in production.
 */

export interface TrainingCustomer extends Customer {
  /** Balance of each account, in fen or cents. */
  readonly balances: readonly number[];
}

/** What a trainee must know to play the customer; shown on training screens and used by tests. */
export interface TrainingSecrets {
  /** Same for all accounts of the customer. */
  readonly accountPin: string;
  /** A login password that the policy accepts. */
  readonly suggestedLoginPassword: string;
  /** The account is blocked from the start. */
  readonly pinBlocked: boolean;
}

interface Person {
  readonly customerId: string;
  readonly name: string;
  readonly nameLatin: string;
  readonly loginName: string;
  readonly birthDate: string;
  readonly phone: string;
  readonly document:
    | { readonly region: string; readonly order: string; readonly expires: string; readonly issuedBy: string }
    | { readonly passport: string; readonly expires: string; readonly issuedBy: string };
  readonly accounts: readonly (readonly [
    number: string,
    kind: 'current' | 'savings',
    balance: number,
    currency?: string,
  ])[];
  readonly pin: string;
  readonly password: string;
  readonly blocked?: true;
  readonly pinBlocked?: true;
  readonly portrait: Portrait;
}

const BLACK = '#2b2420';
const BROWN = '#4a3226';
const GREY = '#8f8c88';
const WHITE = '#cfccc6';

const people: readonly Person[] = [
  {
    customerId: 'C-100001',
    name: '李娜',
    nameLatin: 'Li Na',
    loginName: 'lina.dew',
    birthDate: '1990-03-12',
    phone: '+86 138 0010 0001',
    document: { region: '110105', order: '002', expires: '2035-06-30', issuedBy: '北京市公安局朝阳分局' },
    accounts: [
      ['6230 5810 0001 0012 345', 'current', 1_864_250],
      ['6230 5810 0001 0099 017', 'savings', 12_000_000],
    ],
    pin: '314159',
    password: 'river-lantern-42',
    portrait: {
      skin: 'light',
      hair: 'bob',
      hairColour: BLACK,
      clothes: 'collar',
      clothesColour: '#3f7d78',
      background: '#dfeae6',
    },
  },
  {
    customerId: 'C-100002',
    name: '王建国',
    nameLatin: 'Wang Jianguo',
    loginName: 'wang.jg',
    birthDate: '1958-10-01',
    phone: '+86 139 0010 0002',
    document: { region: '310104', order: '031', expires: '2099-12-31', issuedBy: '上海市公安局徐汇分局' },
    accounts: [['6230 5810 0002 0034 561', 'current', 5_230_075]],
    pin: '271828',
    password: 'old-camphor-tree-7',
    portrait: {
      skin: 'warm',
      hair: 'receding',
      hairColour: GREY,
      clothes: 'stand',
      clothesColour: '#4d5b6a',
      background: '#e8e3d8',
      older: true,
      jaw: 'broad',
    },
  },
  {
    customerId: 'C-100003',
    name: '陈思远',
    nameLatin: 'Chen Siyuan',
    loginName: 'siyuan88',
    birthDate: '1988-07-21',
    phone: '+86 136 0010 0003',
    document: { region: '440305', order: '117', expires: '2038-02-14', issuedBy: '深圳市公安局南山分局' },
    accounts: [
      ['6230 5810 0003 0045 672', 'current', 743_109],
      ['6230 5810 0003 0088 453', 'savings', 800_000, 'USD'],
    ],
    pin: '161803',
    password: 'nine-dragon-bridge',
    portrait: {
      skin: 'light',
      hair: 'side-part',
      hairColour: BLACK,
      clothes: 'suit',
      clothesColour: '#a8423a',
      background: '#dbe4ec',
      glasses: 'square',
      jaw: 'broad',
    },
  },
  {
    customerId: 'C-100004',
    name: '赵雨桐',
    nameLatin: 'Zhao Yutong',
    loginName: 'yutong',
    birthDate: '2001-11-05',
    phone: '+86 135 0010 0004',
    document: { region: '330106', order: '428', expires: '2031-09-01', issuedBy: '杭州市公安局西湖分局' },
    accounts: [['6230 5810 0004 0056 783', 'current', 96_340]],
    pin: '577215',
    password: 'lotus.under.rain',
    portrait: {
      skin: 'porcelain',
      hair: 'long',
      hairColour: BROWN,
      clothes: 'round',
      clothesColour: '#c9896a',
      background: '#f1e4dc',
    },
  },
  {
    customerId: 'C-100005',
    name: '欧阳明哲',
    nameLatin: 'Ouyang Mingzhe',
    loginName: 'oymz',
    birthDate: '1979-01-30',
    phone: '+86 137 0010 0005',
    document: { region: '510107', order: '213', expires: '2039-05-20', issuedBy: '成都市公安局武侯分局' },
    accounts: [['6230 5810 0005 0067 894', 'current', 23_411_900]],
    pin: '141421',
    password: 'slow-tea-on-the-hill',
    portrait: {
      skin: 'warm',
      hair: 'crop',
      hairColour: BLACK,
      clothes: 'collar',
      clothesColour: '#54708e',
      background: '#e2e6e0',
      beard: true,
      jaw: 'broad',
    },
  },
  {
    customerId: 'C-100006',
    name: '刘桂英',
    nameLatin: 'Liu Guiying',
    loginName: 'liu.guiying',
    birthDate: '1949-05-04',
    phone: '+86 133 0010 0006',
    document: { region: '320102', order: '064', expires: '2099-12-31', issuedBy: '南京市公安局玄武分局' },
    accounts: [
      ['6230 5810 0006 0078 905', 'current', 310_520],
      ['6230 5810 0006 0077 124', 'savings', 28_000_000],
    ],
    pin: '662607',
    password: 'plum-blossom-1949',
    portrait: {
      skin: 'light',
      hair: 'bun',
      hairColour: WHITE,
      clothes: 'stand',
      clothesColour: '#7c4a5c',
      background: '#ebe2e4',
      glasses: 'round',
      older: true,
    },
  },
  {
    customerId: 'C-100007',
    name: '阿依古丽·买买提',
    nameLatin: 'Ayguli Memet',
    loginName: 'ayguli',
    birthDate: '1993-08-18',
    phone: '+86 151 0010 0007',
    document: { region: '650102', order: '346', expires: '2033-04-12', issuedBy: '乌鲁木齐市公安局天山分局' },
    accounts: [['6230 5810 0007 0089 016', 'current', 1_207_733]],
    pin: '235711',
    password: 'apricots-in-august',
    portrait: {
      skin: 'tan',
      hair: 'wavy',
      hairColour: BROWN,
      clothes: 'blouse',
      clothesColour: '#b4653c',
      background: '#e4ebe0',
    },
  },
  {
    customerId: 'C-100008',
    name: '孙浩然',
    nameLatin: 'Sun Haoran',
    loginName: 'haoran.sun',
    birthDate: '1996-02-29',
    phone: '+86 150 0010 0008',
    document: { region: '610113', order: '519', expires: '2036-03-15', issuedBy: '西安市公安局雁塔分局' },
    accounts: [['6230 5810 0008 0090 127', 'current', 418_064]],
    pin: '112358',
    password: 'terracotta-drum-5',
    portrait: {
      skin: 'tan',
      hair: 'side-part',
      hairColour: BLACK,
      clothes: 'round',
      clothesColour: '#4b6b4f',
      background: '#e9e6d6',
      jaw: 'broad',
    },
  },
  {
    customerId: 'C-100009',
    name: '林佩珊',
    nameLatin: 'Lin Peishan',
    loginName: 'peishan.lin',
    birthDate: '1985-12-24',
    phone: '+852 5500 0009',
    document: { passport: 'KJ0517393', expires: '2031-08-08', issuedBy: '香港特別行政區入境事務處' },
    accounts: [
      ['6230 5810 0009 0001 238', 'current', 6_650_000],
      ['6230 5810 0009 0066 321', 'savings', 3_200_000, 'HKD'],
    ],
    pin: '602214',
    password: 'harbour-light-at-9',
    portrait: {
      skin: 'porcelain',
      hair: 'ponytail',
      hairColour: BLACK,
      clothes: 'suit',
      clothesColour: '#d9c9a8',
      background: '#dde7ea',
    },
  },
  {
    customerId: 'C-100010',
    name: '艾米莉·卡特',
    nameLatin: 'Emily Carter',
    loginName: 'ecarter',
    birthDate: '1982-06-17',
    phone: '+86 186 0010 0010',
    document: {
      passport: '562839114',
      expires: '2032-01-19',
      issuedBy: 'United Kingdom, HM Passport Office',
    },
    accounts: [['6230 5810 0010 0012 349', 'current', 2_904_415]],
    pin: '299792',
    password: 'foxglove-and-fern',
    portrait: {
      skin: 'porcelain',
      hair: 'fringe',
      hairColour: '#a65f36',
      clothes: 'blouse',
      clothesColour: '#5d6f9a',
      background: '#efe6da',
      glasses: 'round',
    },
  },
  {
    customerId: 'C-100011',
    name: '夸梅·门萨',
    nameLatin: 'Kwame Mensah',
    loginName: 'kwame',
    birthDate: '1991-09-09',
    phone: '+86 188 0010 0011',
    document: { passport: 'G2148837', expires: '2030-11-02', issuedBy: 'Republic of Ghana' },
    accounts: [['6230 5810 0011 0023 450', 'current', 512_880]],
    pin: '667430',
    password: 'savannah-nightjar-3',
    portrait: {
      skin: 'brown',
      hair: 'curly',
      hairColour: '#1f1a18',
      clothes: 'collar',
      clothesColour: '#b58a2e',
      background: '#e3e9e6',
      jaw: 'broad',
    },
  },
  {
    customerId: 'C-100012',
    name: '周子轩',
    nameLatin: 'Zhou Zixuan',
    loginName: 'zixuan',
    birthDate: '1999-04-16',
    phone: '+86 152 0010 0012',
    document: { region: '420106', order: '235', expires: '2029-10-10', issuedBy: '武汉市公安局武昌分局' },
    accounts: [['6230 5810 0012 0034 561', 'current', 1_150]],
    pin: '864197',
    password: 'yellow-crane-tower',
    blocked: true,
    portrait: {
      skin: 'light',
      hair: 'crop',
      hairColour: BROWN,
      clothes: 'round',
      clothesColour: '#7a5aa0',
      background: '#e6e2ec',
    },
  },
  {
    customerId: 'C-100013',
    name: '何美玲',
    nameLatin: 'He Meiling',
    loginName: 'meiling.he',
    birthDate: '1976-09-27',
    phone: '+86 134 0010 0013',
    document: { region: '350203', order: '082', expires: '2034-12-01', issuedBy: '厦门市公安局思明分局' },
    accounts: [['6230 5810 0013 0045 672', 'savings', 7_777_777]],
    pin: '137035',
    password: 'island-of-pianos',
    pinBlocked: true,
    portrait: {
      skin: 'warm',
      hair: 'short',
      hairColour: BLACK,
      clothes: 'blouse',
      clothesColour: '#2f6f86',
      background: '#dfe9ee',
      older: true,
    },
  },
  {
    customerId: 'C-100014',
    name: '马文涛',
    nameLatin: 'Ma Wentao',
    loginName: 'ma.wentao',
    birthDate: '1968-04-02',
    phone: '+86 131 0010 0014',
    // his card has run out: the station has to notice, and the bank refuses it
    document: { region: '640104', order: '157', expires: '2024-03-31', issuedBy: '银川市公安局兴庆分局' },
    accounts: [['6230 5810 0014 0056 783', 'current', 880_300]],
    pin: '466920',
    password: 'wolfberry-harvest',
    portrait: {
      skin: 'tan',
      hair: 'side-part',
      hairColour: GREY,
      clothes: 'collar',
      clothesColour: '#6b7d3f',
      background: '#ece7db',
      glasses: 'square',
      older: true,
      jaw: 'broad',
    },
  },
];

/** GB 11643-1999: the check digit over 17 digits, ISO 7064 MOD 11-2. */
export const identityCardCheckDigit = (digits: string): string => {
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, index) => total + weight * Number(digits.charAt(index)), 0);
  return '10X98765432'.charAt(sum % 11);
};

const identityCardNumber = (region: string, birthDate: string, order: string): string => {
  const digits = `${region}${birthDate.replaceAll('-', '')}${order}`;
  return digits + identityCardCheckDigit(digits);
};

const customerOf = (person: Person): TrainingCustomer => {
  const { customerId, name, nameLatin, loginName, birthDate, phone, document } = person;
  return {
    customerId,
    name,
    nameLatin,
    loginName,
    birthDate,
    phone,
    document: {
      type: 'passport' in document ? 'passport' : 'identity-card',
      number:
        'passport' in document
          ? document.passport
          : identityCardNumber(document.region, birthDate, document.order),
      name: 'passport' in document ? nameLatin.toUpperCase() : name,
      birthDate,
      expires: document.expires,
      issuedBy: document.issuedBy,
    },
    photo: portraitUrl(person.portrait),
    accounts: person.accounts.map(([number, kind, , currency]) => ({
      number: number.replaceAll(' ', ''),
      currency: currency ?? 'CNY',
      kind,
    })),
    balances: person.accounts.map(([, , balance]) => balance),
    blocked: person.blocked === true,
  };
};

export const trainingCustomers: readonly TrainingCustomer[] = people.map(customerOf);

/** By customer id. */
export const trainingSecrets: Readonly<Record<string, TrainingSecrets>> = Object.fromEntries(
  people.map(({ customerId, pin, password, pinBlocked }) => [
    customerId,
    { accountPin: pin, suggestedLoginPassword: password, pinBlocked: pinBlocked === true },
  ]),
);
