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
  said: {
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
      text: 'Somebody else answered in the bank’s place, or the answer is an old one. Nothing was signed.',
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
