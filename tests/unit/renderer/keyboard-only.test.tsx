import { openOfficer } from './open-window.tsx';
import { screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { firstCustomer, issueRun, issueRunId } from '../../harness/fake-station/index.ts';
import { issuePage, shell, signInPage } from '../../harness/route-objects.ts';

test('a card is issued from sign-in to the next customer without a mouse', { timeout: 60_000 }, async () => {
  const { station, user } = openOfficer();
  station.onCall('issuance.start', () => station.putRun(issueRun({ kind: 'sim', at: 'choose-medium' })));
  let answers = 0;
  station.onCall('runs.answer', () => {
    answers += 1;
    station.putRun(issueRun({ kind: 'sim', at: answers === 1 ? 'hand-over' : 'completed' }));
  });
  const { document: onFile } = firstCustomer;

  await screen.findByTestId(signInPage.screen);
  await user.keyboard('training-teller{Enter}');

  await screen.findByTestId(issuePage.find.screen);
  await user.keyboard(`${onFile.number}{Enter}`);

  await screen.findByTestId(issuePage.identity.screen);
  await user.keyboard(`${onFile.number}{Enter}${onFile.name}{Enter}`);
  await user.keyboard('19900312{Enter}20350630{Enter}');
  await user.keyboard(`${onFile.issuedBy}{Enter}`);
  // Enter never ticks the box that is a decision.
  expect(screen.getByTestId<HTMLInputElement>(issuePage.identity.photoCheck).checked).toBe(false);
  screen.getByTestId(issuePage.identity.photoCheck).focus();
  await user.keyboard(' ');
  await user.keyboard('{F9}');

  await screen.findByTestId(issuePage.medium.screen);
  await user.keyboard('{ArrowDown}{ArrowUp}{Enter}');

  await screen.findByTestId(issuePage.handOver.receipt);
  await user.keyboard('{F8}');
  await screen.findByTestId(issuePage.handOver.saved);
  await user.keyboard('{F9}');

  await screen.findByTestId(issuePage.finished.screen);
  await user.keyboard('{Enter}');
  await screen.findByTestId(issuePage.find.screen);

  expect(station.calledWith('runs.answer')).toMatchObject([
    { runId: issueRunId, askId: 'choose-medium-1' },
    { runId: issueRunId, askId: 'hand-over-1' },
  ]);
});

test('places, card and drawer are reached by keys that the buttons show', async () => {
  const { user } = openOfficer({ signedIn: 'lina' });
  await screen.findByTestId(issuePage.find.screen);
  await user.keyboard('{Alt>}2{/Alt}');
  await screen.findByTestId('devices');
  await user.keyboard('{Alt>}1{/Alt}');
  await screen.findByTestId(issuePage.find.screen);
  await user.keyboard('{Alt>}t{/Alt}');
  expect(screen.getByTestId(shell.turnCard).getAttribute('aria-pressed')).toBe('true');
  await user.keyboard('{Alt>}0{/Alt}');
  await screen.findByTestId('training-drawer');
});
