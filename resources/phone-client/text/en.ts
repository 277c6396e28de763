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
