import type { Album } from './album.ts';
import { Stuck, type Hand } from './hand.ts';

/** Training officers, as the sign-in screen shows them. */
export const officers = {
  teller: { officerId: 'lina', password: 'training-teller' },
  manager: { officerId: 'wangqiang', password: 'training-manager' },
  technician: { officerId: 'zhaomin', password: 'training-technician' },
} as const;

export async function signIn(hand: Hand, role: keyof typeof officers, album?: Album): Promise<void> {
  const { officerId, password } = officers[role];
  await hand.see('sign-in');
  await hand.click(`officer-${officerId}`);
  await album?.take(hand, 'sign-in');
  await hand.type('password', password);
  await hand.press('Enter');
  const seen = await hand.seeOneOf(['officer', 'sign-in-fault']);
  if (seen === 'sign-in-fault') throw new Stuck(`sign-in was refused: ${await hand.read('sign-in-fault')}`);
}

export async function signOut(hand: Hand): Promise<void> {
  await hand.click('sign-out');
  await hand.see('sign-in');
}

/** The manager reads the log, has the chain verified, and looks at one card's whole story. */
export async function managerVerifiesLog(
  hand: Hand,
  album: Album,
): Promise<{ readonly intact: boolean; readonly words: string }> {
  await signIn(hand, 'manager');
  await hand.see('audit-rows');
  await hand.click('verify-again');
  const until = Date.now() + 20_000;
  let intact = '';
  while (intact === '' && Date.now() < until) intact = await hand.read('verification', 'data-intact');
  await album.take(hand, 'manager-log');
  const words = (await hand.read('verification')).replaceAll(/\s+/g, ' ').trim();
  await signOut(hand);
  return { intact: intact === 'true', words };
}

/** The technician puts the card that was made beside what the bank and its CA say about it. */
export async function technicianInspects(
  hand: Hand,
  album: Album,
  reader: string,
  name: string,
): Promise<readonly string[]> {
  await hand.see('reprovision');
  await hand.click(`inspect-${reader}`);
  await hand.see('comparison', 30_000);
  await album.take(hand, name);
  const lines: string[] = [];
  for (const id of await hand.idsBeginningWith('line-'))
    lines.push(`${id.slice(5)}: ${await hand.read(id, 'data-verdict')}`);
  return lines;
}
