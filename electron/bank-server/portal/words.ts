import type { FaultCode } from '../../shared/result/index.ts';

export type Language = 'zh-CN' | 'en';

/** Why a page refuses: a fault of the login, or a session that is over. */
export type Refusal = Extract<
  FaultCode,
  | 'assertion-malformed'
  | 'assertion-expired'
  | 'assertion-replayed'
  | 'assertion-foreign-key'
  | 'certificate-unknown'
  | 'certificate-revoked'
  | 'certificate-expired'
  | 'registration-void'
  | 'registration-inactive'
  | 'challenge-unknown'
  | 'otp-wrong'
  | 'card-copied'
  | 'session-expired'
  | 'bank-busy'
  | 'bank-internal-error'
  | 'unknown-call'
>;

interface RefusalWords {
  /** What happened, what it means, what to do. */
  readonly happened: string;
  readonly means: string;
  readonly todo: string;
}

export interface Words {
  readonly otherLanguage: string;
  readonly training: string;
  readonly bankTagline: string;
  readonly connection: string;
  readonly neverAsk: string;

  readonly welcome: {
    readonly title: string;
    readonly text: string;
    readonly how: string;
    /** For a card in the reader of this computer. */
    readonly withReader: string;
    readonly showCard: string;
  };
  readonly password: {
    readonly title: string;
    readonly text: string;
    readonly loginName: string;
    readonly recognise: string;
    readonly label: string;
    readonly submit: string;
    readonly wrong: (triesLeft: number) => string;
    readonly lastTry: string;
    readonly delayed: (seconds: number) => string;
    readonly empty: string;
  };
  readonly arrival: {
    readonly title: string;
    readonly text: string;
    readonly recognise: string;
    readonly submit: string;
  };
  readonly menu: {
    readonly greeting: (name: string) => string;
    readonly lastLogin: (when: string) => string;
    readonly firstLogin: string;
    readonly accounts: string;
    readonly current: string;
    readonly savings: string;
    readonly yourCard: string;
    readonly cardId: string;
    readonly validUntil: string;
    readonly medium: string;
    readonly media: { readonly 'sd-card': string; readonly sim: string; readonly 'smart-card': string };
    readonly signOut: string;
  };
  readonly goodbye: { readonly title: string; readonly text: string };
  readonly refusals: Readonly<Record<Refusal, RefusalWords>>;
  readonly reportNumber: string;
}

const zhCn: Words = {
  otherLanguage: 'English',
  training: '培训模式 · 非真实账户',
  bankTagline: '手机银行',
  connection: '加密连接至',
  neverAsk: '本行工作人员不会向您索要登录密码。',
  welcome: {
    title: '请从您的卡上打开手机银行',
    text: '登录从您卡上的程序开始，由它证明是您本人的卡。',
    how: '在手机的文件列表中打开 BANKCARD 文件夹里的 client.html，然后输入卡密码。',
    withReader: 'SIM 卡或智能卡已插入这台电脑的读卡器？',
    showCard: '用读卡器中的卡登录',
  },
  password: {
    title: '欢迎回来',
    text: '您的卡已通过验证。',
    loginName: '您的登录名',
    recognise: '只有本行知道这个登录名。如果它不是您的，请关闭本页，不要输入密码。',
    label: '登录密码',
    submit: '登录',
    wrong: (triesLeft) => `登录密码不正确。还可以尝试 ${String(triesLeft)} 次，之后这张卡将作废。`,
    lastTry: '登录密码不正确。只剩最后一次：再错一次，这张卡将作废，需到网点重新办理。',
    delayed: (seconds) => `多次输入错误，请等待 ${String(seconds)} 秒后再试。这次没有计入次数。`,
    empty: '请输入登录密码。',
  },
  arrival: {
    title: '登录成功',
    text: '登录名、密码和卡的应答均已通过核对。',
    recognise: '如果这不是您的登录名，请关闭本页：这不是您的账户。',
    submit: '进入我的账户',
  },
  menu: {
    greeting: (name) => `${name}，您好`,
    lastLogin: (when) => `上次登录：${when}`,
    firstLogin: '这是您第一次登录。',
    accounts: '账户',
    current: '活期账户',
    savings: '储蓄账户',
    yourCard: '您的卡',
    cardId: '卡编号',
    validUntil: '证书有效期至',
    medium: '介质',
    media: { 'sd-card': 'SD 卡', sim: 'SIM 卡', 'smart-card': '智能卡' },
    signOut: '退出登录',
  },
  goodbye: { title: '您已退出登录', text: '请取出卡并妥善保管。下次登录时，请从卡上打开手机银行。' },
  refusals: {
    'assertion-malformed': {
      happened: '无法读取登录信息',
      means: '手机发来的登录信息不完整，或不是发给本行的。',
      todo: '请从卡上重新打开手机银行再试一次。',
    },
    'assertion-expired': {
      happened: '登录信息已过期',
      means: '从签名到登录超过了五分钟，或手机的时间不准。',
      todo: '请检查手机的日期和时间，然后从卡上重新打开手机银行。',
    },
    'assertion-replayed': {
      happened: '这次登录已经用过',
      means: '每次签名只能用于一次登录。重新加载页面也会出现这种情况。',
      todo: '请从卡上重新打开手机银行。如果您没有登录过，请联系本行。',
    },
    'assertion-foreign-key': {
      happened: '这张卡不是本行发出的那一张',
      means: '卡上的证书、密钥与本行的记录不一致。卡可能是复制品，或内容被改动过。',
      todo: '请不要继续使用，带上卡和身份证件到本行网点。',
    },
    'certificate-unknown': {
      happened: '浏览器没有出示本行的卡',
      means: '读卡器中没有卡，没有输入卡密码，或者这不是本行的卡。',
      todo: '请插好卡，关闭浏览器的所有窗口，再重新打开并登录：浏览器在关闭之前不会再次询问卡。',
    },
    'certificate-revoked': {
      happened: '这张卡已停用',
      means: '卡上的证书已被吊销，不能再用于登录。',
      todo: '请带上身份证件到本行网点办理新卡。',
    },
    'certificate-expired': {
      happened: '这张卡已过有效期',
      means: '卡上的证书已到期，不能再用于登录。',
      todo: '请带上卡和身份证件到本行网点更换。',
    },
    'registration-void': {
      happened: '这张卡已作废',
      means: '登录连续失败十次。为保护您的账户，证书已被吊销。',
      todo: '请带上身份证件到本行网点重新办理。',
    },
    'registration-inactive': {
      happened: '这张卡还不能用于登录',
      means: '卡尚未激活，或已暂停使用。',
      todo: '请联系本行或发卡网点。',
    },
    'challenge-unknown': {
      happened: '这次登录的动态密码已过时',
      means: '您可能在另一处同时打开了卡，或等待太久，或卡上的程序版本过旧。',
      todo: '请从卡上重新打开手机银行。',
    },
    'otp-wrong': {
      happened: '卡的动态密码不正确',
      means: '您没有登录。累计十次，这张卡将作废。',
      todo: '请从卡上重新打开手机银行。如果仍然出现，请带卡和身份证件到本行网点。',
    },
    'card-copied': {
      happened: '这张卡已被暂停使用',
      means: '有两张卡在使用同一串动态密码：其中一张是复制品。',
      todo: '请不要继续使用，带上卡和身份证件到本行网点。',
    },
    'session-expired': {
      happened: '登录已结束',
      means: '等待时间过长，或您已经退出。',
      todo: '请从卡上重新打开手机银行。',
    },
    'bank-busy': {
      happened: '本行系统正忙',
      means: '刚才的操作没有进行，账户不受影响。',
      todo: '请稍等片刻再试。',
    },
    'bank-internal-error': {
      happened: '本行系统出现问题',
      means: '您的登录没有完成，账户不受影响。',
      todo: '请稍后再试。如果仍然出现，请告诉我们下面的编号。',
    },
    'unknown-call': {
      happened: '没有这个页面',
      means: '地址不正确，或页面已移动。',
      todo: '请从卡上打开手机银行。',
    },
  },
  reportNumber: '编号',
};

const en: Words = {
  otherLanguage: '中文',
  training: 'Training mode · not real accounts',
  bankTagline: 'Mobile banking',
  connection: 'Encrypted connection to',
  neverAsk: 'Nobody at the bank will ever ask for your login password.',
  welcome: {
    title: 'Open mobile banking from your card',
    text: 'Signing in starts with the program on your card, which proves that the card is yours.',
    how: 'In your phone’s file list open client.html in the folder BANKCARD, then enter your card PIN.',
    withReader: 'Is your SIM or smart card in this computer’s reader?',
    showCard: 'Sign in with the card in the reader',
  },
  password: {
    title: 'Welcome back',
    text: 'Your card has been verified.',
    loginName: 'Your login name',
    recognise:
      'Only your bank knows it. If this is not yours, close this page and do not enter your password.',
    label: 'Login password',
    submit: 'Sign in',
    wrong: (triesLeft) =>
      `That is not the login password. ${String(triesLeft)} tries are left before this card becomes void.`,
    lastTry:
      'That is not the login password. One try is left: after another wrong one this card is void and must be made anew at a branch.',
    delayed: (seconds) =>
      `Several wrong passwords in a row. Wait ${String(seconds)} ${seconds === 1 ? 'second' : 'seconds'}, then try again. This try was not counted.`,
    empty: 'Enter your login password.',
  },
  arrival: {
    title: 'You are signed in',
    text: 'Name, password and the answer of your card are right.',
    recognise: 'If this is not your login name, close this page: these are not your accounts.',
    submit: 'Open my accounts',
  },
  menu: {
    greeting: (name) => `Hello, ${name}`,
    lastLogin: (when) => `Last signed in ${when}`,
    firstLogin: 'This is your first time here.',
    accounts: 'Accounts',
    current: 'Current account',
    savings: 'Savings account',
    yourCard: 'Your card',
    cardId: 'Card number',
    validUntil: 'Certificate valid until',
    medium: 'Medium',
    media: { 'sd-card': 'SD card', sim: 'SIM', 'smart-card': 'Smart card' },
    signOut: 'Sign out',
  },
  goodbye: {
    title: 'You are signed out',
    text: 'Take out the card and keep it safe. To sign in again, open mobile banking from the card.',
  },
  refusals: {
    'assertion-malformed': {
      happened: 'The sign-in could not be read',
      means: 'What your phone sent is incomplete, or was meant for another bank.',
      todo: 'Open mobile banking from your card once more.',
    },
    'assertion-expired': {
      happened: 'The sign-in has expired',
      means: 'More than five minutes passed since your card signed, or your phone’s clock is wrong.',
      todo: 'Check the date and time of your phone, then open mobile banking from your card again.',
    },
    'assertion-replayed': {
      happened: 'This sign-in was already used',
      means: 'Each signature counts for one sign-in. Loading the page again also leads here.',
      todo: 'Open mobile banking from your card again. If you did not sign in before, contact the bank.',
    },
    'assertion-foreign-key': {
      happened: 'This is not the card the bank gave you',
      means:
        'Its certificate and key do not match the bank’s record. It may be a copy, or its content was changed.',
      todo: 'Do not use it any more. Bring it to a branch with your identity document.',
    },
    'certificate-unknown': {
      happened: 'The browser showed no card of this bank',
      means: 'There is no card in the reader, its PIN was not entered, or it is not a card of this bank.',
      todo: 'Put the card in, close all windows of the browser, then open it and sign in again: until it is closed, the browser does not ask the card once more.',
    },
    'certificate-revoked': {
      happened: 'This card is out of use',
      means: 'Its certificate was revoked and cannot sign in any more.',
      todo: 'Come to a branch with your identity document for a new card.',
    },
    'certificate-expired': {
      happened: 'This card has run out',
      means: 'Its certificate is past its date and cannot sign in any more.',
      todo: 'Bring the card and your identity document to a branch to have it renewed.',
    },
    'registration-void': {
      happened: 'This card is void',
      means: 'Ten sign-ins in a row failed. To protect your accounts the certificate was revoked.',
      todo: 'Come to a branch with your identity document to have it made anew.',
    },
    'registration-inactive': {
      happened: 'This card cannot sign in yet',
      means: 'It has not been activated, or it is suspended.',
      todo: 'Contact the bank or the branch that gave it to you.',
    },
    'challenge-unknown': {
      happened: 'The one-time password of this sign-in is out of date',
      means:
        'The card was opened in two places at once, it took too long, or the program on the card is too old.',
      todo: 'Open mobile banking from your card again.',
    },
    'otp-wrong': {
      happened: 'The card’s one-time password is not right',
      means: 'You were not signed in. After ten of them this card becomes void.',
      todo: 'Open mobile banking from your card again. If it happens again, bring card and identity document to a branch.',
    },
    'card-copied': {
      happened: 'This card has been suspended',
      means: 'Two cards go on with the same one-time passwords: one of them is a copy.',
      todo: 'Do not use it any more. Bring it to a branch with your identity document.',
    },
    'session-expired': {
      happened: 'You are no longer signed in',
      means: 'It took too long, or you have signed out.',
      todo: 'Open mobile banking from your card again.',
    },
    'bank-busy': {
      happened: 'The bank has too much to do right now',
      means: 'What you asked for was not done, and nothing happened to your accounts.',
      todo: 'Try again in a moment.',
    },
    'bank-internal-error': {
      happened: 'Something went wrong at the bank',
      means: 'You were not signed in, and nothing happened to your accounts.',
      todo: 'Try again later. If it happens again, tell us the number below.',
    },
    'unknown-call': {
      happened: 'There is no such page',
      means: 'The address is not right, or the page has moved.',
      todo: 'Open mobile banking from your card.',
    },
  },
  reportNumber: 'Report number',
};

export const wordsIn: Readonly<Record<Language, Words>> = { 'zh-CN': zhCn, en };
