import { openOfficer } from './open-window.tsx';
import { screen } from '@testing-library/react';
import type { UserEvent } from '@testing-library/user-event';
import { describe, expect, test } from 'vitest';
import { cardRecord, firstCustomer, issueRun } from '../../harness/fake-station/index.ts';
import { issuePage } from '../../harness/route-objects.ts';

const { find, identity } = issuePage;
const { document: onFile } = firstCustomer;

async function openFirstCustomer(user: UserEvent): Promise<void> {
  await user.type(await screen.findByTestId(find.query), `${firstCustomer.customerId}{Enter}`);
  await user.click(await screen.findByTestId(find.customer(firstCustomer.customerId)));
  await screen.findByTestId(identity.screen);
}

async function typeDocument(user: UserEvent, change: Partial<typeof onFile> = {}): Promise<void> {
  const shown = { ...onFile, ...change };
  for (const field of ['number', 'name', 'birthDate', 'expires', 'issuedBy'] as const)
    await user.type(screen.getByTestId(identity.field(field)), shown[field]);
}

const accept = () => screen.getByTestId<HTMLButtonElement>(identity.accept);

describe('finding the customer', () => {
  test('nobody is an answer of its own', async () => {
    const { user } = openOfficer({ signedIn: 'lina' });
    await user.type(await screen.findByTestId(find.query), 'xyzzy{Enter}');
    expect((await screen.findByTestId(find.nobody)).textContent).toContain('xyzzy');
  });

  test('a scanned document number leads straight to its holder', async () => {
    const { user } = openOfficer({ signedIn: 'lina' });
    await user.type(await screen.findByTestId(find.query), `${onFile.number}{Enter}`);
    expect(await screen.findByTestId(identity.screen)).toBeTruthy();
  });

  test('a bank that does not answer is said where it matters', async () => {
    const { user } = openOfficer({
      signedIn: 'lina',
      refuse: { 'customers.find': { code: 'bank-timeout', data: {} } },
    });
    await user.type(await screen.findByTestId(find.query), 'li{Enter}');
    expect((await screen.findByTestId('fault-notice')).textContent).toContain('too long to answer');
  });
});

describe('deciding who it is', () => {
  test('document, picture and decision start the run with exactly that decision', async () => {
    const { station, user } = openOfficer({ signedIn: 'lina' });
    station.onCall('issuance.start', () => station.putRun(issueRun({ kind: 'sim', at: 'customer-secrets' })));
    await openFirstCustomer(user);
    expect(accept().disabled).toBe(true);
    await typeDocument(user);
    expect(screen.getByTestId(identity.agrees)).toBeTruthy();
    expect(accept().disabled).toBe(true);
    expect(screen.getByTestId('hint').textContent).toBe('Compare the picture');
    await user.click(screen.getByTestId(identity.photoCheck));
    await user.click(accept());
    expect(station.calledWith('issuance.start')).toEqual([
      {
        customerId: firstCustomer.customerId,
        account: firstCustomer.accounts[0]?.number,
        identity: { document: onFile, differences: [], accepted: true },
      },
    ]);
  });

  test('once started, nothing can be started again while the run is not there yet', async () => {
    const { station, user } = openOfficer({ signedIn: 'lina' });
    await openFirstCustomer(user);
    await typeDocument(user);
    await user.click(screen.getByTestId(identity.photoCheck));
    await user.click(accept());
    await screen.findByTestId('run-starting');
    await user.keyboard('{F9}{Enter}');
    expect(station.calledWith('issuance.start')).toHaveLength(1);
  });

  test('each difference has to be accepted by itself, and a changed entry is not accepted any more', async () => {
    const { station, user } = openOfficer({ signedIn: 'lina' });
    await openFirstCustomer(user);
    await typeDocument(user, { issuedBy: '别处公安局', expires: '2041-06-30' });
    await user.click(screen.getByTestId(identity.photoCheck));
    expect(screen.getByTestId(identity.differs)).toBeTruthy();
    await user.click(screen.getByTestId(identity.acceptDifference('expires')));
    expect(accept().disabled).toBe(true);
    await user.click(screen.getByTestId(identity.acceptDifference('issuedBy')));
    expect(accept().disabled).toBe(false);
    await user.type(screen.getByTestId(identity.field('issuedBy')), 'x');
    expect(accept().disabled).toBe(true);
    await user.click(screen.getByTestId(identity.acceptDifference('issuedBy')));
    await user.click(accept());
    expect(station.calledWith('issuance.start')).toMatchObject([
      { identity: { differences: ['expires', 'issuedBy'] } },
    ]);
  });

  test('another document number cannot be accepted at all', async () => {
    const { user } = openOfficer({ signedIn: 'lina' });
    await openFirstCustomer(user);
    await typeDocument(user, { number: '11010519491231002X' });
    await user.click(screen.getByTestId(identity.photoCheck));
    expect(screen.getByTestId('other-document')).toBeTruthy();
    expect(screen.queryByTestId(identity.acceptDifference('number'))).toBeNull();
    expect(accept().disabled).toBe(true);
  });

  test('an expired document stops it', async () => {
    const { user } = openOfficer({ signedIn: 'lina' });
    await openFirstCustomer(user);
    await typeDocument(user, { expires: '2020-01-01' });
    expect(screen.getByTestId('document-expired')).toBeTruthy();
    expect(accept().disabled).toBe(true);
  });

  test('a customer with a card in force gets to no button that starts', async () => {
    const { user } = openOfficer({ signedIn: 'lina', cards: [cardRecord('active')] });
    await openFirstCustomer(user);
    expect(screen.getByTestId('customer-has-card').textContent).toContain('CW7K');
    expect(screen.queryByTestId(identity.accept)).toBeNull();
  });

  test('what the station refuses is shown and nothing is lost of what was typed', async () => {
    const { user } = openOfficer({
      signedIn: 'lina',
      refuse: { 'issuance.start': { code: 'clock-off', data: { stationTime: '14:32', bankTime: '13:01' } } },
    });
    await openFirstCustomer(user);
    await typeDocument(user);
    await user.click(screen.getByTestId(identity.photoCheck));
    await user.click(accept());
    expect((await screen.findByTestId('fault-notice')).textContent).toContain('Station 14:32, bank 13:01.');
    expect(screen.getByTestId<HTMLInputElement>(identity.field('number')).value).toBe(onFile.number);
  });
});
