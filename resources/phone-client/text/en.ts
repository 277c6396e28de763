import type { Words } from './words.ts';

export const en: Words = {
  tag: 'en',
  name: 'English',
  title: (bankName) => `${bankName} · Phone sign-in`,
  switchLanguage: 'Language',
  phoneBank: 'Mobile banking',
  loginName: 'Login name',
  cardNumber: 'Card number',
  pinTitle: 'Enter your card PIN',
  pinHint: 'The 6 to 8 digits you chose at the counter',
  digitsEntered: (count) => (count === 1 ? '1 digit entered' : `${count} digits entered`),
  clearAll: 'Clear',
  deleteLast: 'Delete',
  signIn: 'Sign in',
  recogniseTitle: 'Recognise your bank',
  recognise: (loginName) =>
    `Next, the bank’s page shows your login name, “${loginName}”. Type your password only after you see it.`,
  version: (version) => `Card program ${version}`,
  pinTooShort: 'A card PIN has 6 to 8 digits.',
  pinWrong: 'That is not the card’s PIN. Try once more.',
  waitTitle: 'That was not the card’s PIN',
  waitText: 'To protect the card, the next try opens when the time is up.',
  checkingPin: 'Checking the PIN…',
  checkingPinSlowly: (percent) => `Checking the PIN… ${percent}%`,
  signing: 'Signing with your card…',
  openingTitle: 'Opening your bank',
  opening: (host) => `Connecting securely to ${host}`,
  signed: 'Signed with your card',
  startAgain: 'Start again',
  asking: 'Asking your bank…',
  confirm: {
    title: 'Make this transfer?',
    payee: 'To',
    amount: 'Amount',
    account: 'Account of the payee',
    payer: 'From your account',
    memo: 'Message',
    hint: 'Your card signs exactly this. Confirm only if payee and amount are what you want.',
    yes: 'Confirm and sign',
    no: 'Do not transfer',
    sending: 'Signing with your card…',
    failed: 'That did not work. Nothing was signed.',
  },
  signOn: {
    certificateGood: (bankName) => `${bankName} has checked your card: its certificate is good.`,
    before: (at) =>
      at === null
        ? 'This is the first sign-in with this card.'
        : `Last sign-in: ${new Date(at).toLocaleString('en', { dateStyle: 'long', timeStyle: 'short' })}. If that was not you, do not type your password.`,
    password: 'Login password',
    hint: 'The login password you chose at the counter',
    empty: 'Type login name and password.',
    wrong: (triesLeft) =>
      triesLeft === 1
        ? 'Name or password is wrong. One try is left: after another wrong one this card is void.'
        : `Name or password is wrong. ${triesLeft} tries are left before this card is void.`,
    wait: (seconds) => `Too many wrong tries. The next one opens in ${seconds} s; this one was not counted.`,
    answering: 'Your card answers the bank’s random number…',
  },
  chooseBank: {
    title: 'Choose your bank',
    text: 'These banks are on this card.',
    hint: 'If nothing opens, open client.html in the bank’s own folder.',
    none: 'There is no bank on this card. Take it to a branch of your bank.',
  },
  otherBanks: 'Other banks on this card',
  triesLeft: (count) =>
    count === 1
      ? 'One try is left before this card is void.'
      : `${count} tries are left before this card is void.`,
  said: {
    'answer-refused': {
      title: 'The bank did not accept the card’s answer',
      text: 'You are not signed in. The bank has sent another random number.',
      button: 'Answer again',
    },
    void: {
      title: 'This card is void at this bank',
      text: 'Ten sign-ins in a row failed, so the bank ended the certificate. Take the card and your identity document to a branch of this bank; other banks on the card are not affected.',
    },
    'sign-on-late': {
      title: 'The time for this sign-in is up',
      text: 'You are not signed in. Begin with the card PIN again.',
    },
    'sign-on-refused': {
      title: 'The bank did not sign you in',
      text: 'Begin with the card PIN again; the bank’s page then says why.',
    },
    booked: { title: 'Transfer booked', text: 'The bank has booked it and signed a receipt.' },
    refused: { title: 'No transfer was made', text: 'Nothing left your account.' },
    expired: {
      title: 'The time for this transfer is up',
      text: 'Nothing left your account. Begin again at the bank.',
    },
    'not-taken': {
      title: 'The bank did not take it',
      text: 'Nothing left your account. Look at the transfer on the bank’s page, then begin again.',
    },
    'no-answer': {
      title: 'The bank’s answer did not arrive',
      text: 'Whether it was booked is not known yet. Ask the bank: nothing is booked twice.',
      button: 'Ask the bank',
    },
    silent: {
      title: 'The bank cannot be reached',
      text: 'Check this phone’s network, then try again. Nothing was sent.',
      button: 'Try again',
    },
    'other-phone': {
      title: 'This card was used on another phone',
      text: 'The bank expects the phone it was used on last. If that was you, use that phone, or take card and identity document to a branch. If it was not, report it: the card is suspended at once.',
      button: 'It was not me – report it',
    },
    untrusted: {
      title: 'This is not your bank’s answer',
      text: 'Somebody else answered in the bank’s place, the answer is an old one, or this card was moved to another phone at the counter. Nothing was signed.',
    },
  },
  receiptNumber: 'Receipt',
  backToBank: 'To the bank’s page',
  problem: (problem, date) => {
    switch (problem.kind) {
      case 'damaged':
        return {
          title: 'This card cannot be read',
          meaning:
            'Its file is incomplete; writing or copying may have been cut short. Your account is safe.',
          remedy:
            'Open the file directly on the card and try again. If that does not help, take the card and your identity document to a branch.',
        };
      case 'mismatch':
        return {
          title: 'This card’s parts do not match',
          meaning:
            'Certificate and user information belong to different cards, so the bank would refuse. Nothing was sent.',
          remedy: 'Take the card and your identity document to a branch to have it written again.',
        };
      case 'algorithm':
        return {
          title: 'This card is newer than its program',
          meaning: 'Its key is of a kind that this program does not know. Nothing was sent.',
          remedy:
            'Take the card to a branch to have its program updated; key and certificate stay as they are.',
        };
      case 'expired':
        return {
          title: 'This card’s certificate has expired',
          meaning: `It was valid until ${date(problem.notAfter)}. This phone says that today is ${date(problem.today)}.`,
          remedy:
            'If the phone’s date is wrong, correct it first. Otherwise take the card and your identity document to a branch.',
        };
      case 'clock':
        return {
          title: 'This phone’s date is wrong',
          meaning: `It says ${date(problem.today)}, but the card was made on ${date(problem.issuedAt)}.`,
          remedy: 'Switch on automatic date and time in the phone’s settings, then open this file again.',
        };
      case 'no-crypto':
        return {
          title: 'This browser cannot sign safely',
          meaning: 'It lacks what a signature needs. Nothing was sent.',
          remedy: 'Open the file in a newer browser, for example Chrome, Edge or Firefox.',
        };
    }
  },
  details: (code) => `For the bank’s staff: ${code}`,
};
