import { identityFields } from '../../shared/domain/index.ts';
import { changeLanguage, type Album } from './album.ts';
import type { PlayedCustomer } from './customers.ts';
import { Stuck, type Hand } from './hand.ts';

export interface Counter {
  readonly teller: Hand;
  /** The customer's own screen. */
  readonly customer: Hand;
  readonly album: Album;
}

/** What is put into which reader before it is written. */
export interface ChosenMedium {
  readonly name: 'sd-card' | 'sim';
  /** Puts it where it can be written, and names the reader. */
  insert(teller: Hand): Promise<string>;
}

/** From the drawer of training mode, into the first reader that takes it. */
export const fromDrawer = (name: ChosenMedium['name'], itemId: string): ChosenMedium => ({
  name,
  async insert(teller) {
    await insertFromDrawer(teller, itemId);
    const reader = await teller.read(`drawer-item-${itemId}`, 'data-in-reader');
    await teller.click('drawer-close');
    return reader;
  },
});

/** What the screen said about the card that was made. */
export interface IssuedCard {
  readonly customer: PlayedCustomer;
  readonly medium: ChosenMedium;
  /** Receipts as the screen named their files, by language. */
  readonly receipts: readonly string[];
}

/** Issues one card from the search for the customer to the next customer, as a teller and a customer do it. */
export async function issueAtCounter(
  { teller, customer, album }: Counter,
  who: PlayedCustomer,
  medium: ChosenMedium,
): Promise<IssuedCard> {
  const { record } = who;
  // What is the same for every medium is pictured once.
  const first = !album.taken.some((name) => name.includes('find-customer'));
  const shot = (hand: Hand, name: string) => album.take(hand, `${medium.name}-${name}`);
  const shotOnce = async (hand: Hand, name: string) => {
    if (first) await album.take(hand, name);
  };

  await teller.see('find-customer');
  await teller.type('customer-query', record.nameLatin);
  await teller.press('Enter');
  await teller.see(`customer-${record.customerId}`);
  await shotOnce(teller, 'find-customer');
  await teller.click(`customer-${record.customerId}`);

  await teller.see('check-identity');
  for (const field of identityFields)
    if (field === 'type') await teller.choose('document-type', record.document.type);
    else await teller.type(`document-${field}`, record.document[field]);
  await teller.click('photo-check');
  await teller.see('document-agrees');
  await shotOnce(teller, 'check-identity');
  await teller.click('identity-accept');

  await customer.see('ask-account-pin');
  await customer.digits(who.accountPin.slice(0, 4));
  await shotOnce(customer, 'customer-account-pin');
  await shotOnce(teller, 'customer-types');
  await customer.digits(who.accountPin.slice(4));
  await customer.click('pad-next');
  await customer.see('ask-login-password');
  await customer.type('login-password', who.loginPassword);
  await shotOnce(customer, 'customer-login-password');
  await customer.click('password-next');
  await customer.see('ask-login-password-again');
  await customer.type('login-password-again', who.loginPassword);
  await customer.press('Enter');
  for (const question of ['ask-card-pin', 'ask-card-pin-again']) {
    await customer.see(question);
    await customer.digits(who.cardPin);
    await customer.press('Enter');
  }

  await seeOrFault(teller, ['choose-medium']);
  const reader = await medium.insert(teller);
  await teller.click(`reader-${reader}-pick`);
  await shot(teller, 'choose-medium');
  await teller.click('medium-write');

  await teller.seeOneOf(['write-card', 'hand-over', 'fault-panel']);
  if (await teller.shows('write-card')) await album.takeOnce(teller, `${medium.name}-write`);
  await seeOrFault(teller, ['hand-over'], 120_000);
  await shot(teller, 'hand-over');
  await customer.see('customer-take-card');
  await shotOnce(customer, 'customer-takes-card');
  const receipts = await printInBothLanguages(teller);
  await teller.click('customer-has-card');
  await seeOrFault(teller, ['issue-finished'], 60_000);
  await shot(teller, 'finished');
  await teller.click('next-customer');
  await teller.see('find-customer');
  return { customer: who, medium, receipts };
}

/** The screen names the file; a second print is done when it names another one. */
async function printInBothLanguages(teller: Hand): Promise<string[]> {
  const paths: string[] = [];
  for (let turn = 0; turn < 2; turn++) {
    await teller.click('print-receipt');
    const until = Date.now() + 60_000;
    let path = '';
    do {
      await teller.see('receipt-saved', 60_000);
      path = /\S+\.pdf/.exec(await teller.read('receipt-saved'))?.[0] ?? '';
    } while ((path === '' || paths.includes(path)) && Date.now() < until);
    paths.push(path);
    await changeLanguage(teller);
  }
  return paths;
}

export async function insertFromDrawer(teller: Hand, itemId: string): Promise<void> {
  if (!(await teller.shows('training-drawer'))) await teller.click('drawer-open');
  await teller.see(`drawer-item-${itemId}`);
  const [button] = await teller.idsBeginningWith(`drawer-insert-${itemId}-`);
  if (button === undefined) throw new Stuck(`there is no free reader for ${itemId}`);
  await teller.click(button);
  await teller.see(`drawer-remove-${itemId}`);
}

/** Waits for one of these, and says what went wrong when a fault is shown instead. */
export async function seeOrFault(hand: Hand, testIds: readonly string[], limitMs?: number): Promise<void> {
  const seen = await hand.seeOneOf([...testIds, 'fault-panel'], limitMs);
  if (seen === 'fault-panel') throw new Stuck(`a fault was shown: ${await hand.read('fault-panel')}`);
}
