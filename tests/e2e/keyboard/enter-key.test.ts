import { existsSync, globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { act, openPhotographer, type Photographer } from '../../visual/photographer.ts';
import { scenes } from '../../visual/scenes.ts';

const chromiumIsHere = existsSync('/usr/bin/chromium');
const look = { locale: 'en', theme: 'light', width: 1280, height: 800 } as const;
const renderer = fileURLToPath(new URL('../../../renderer/', import.meta.url));

interface Row {
  /** Below renderer/. */
  readonly form: string;
  readonly scene: string;
  readonly moves?: readonly string[];
  /** Has the focus when Enter is pressed; none: whatever the screen itself gave it. */
  readonly field?: string;
  /** The call that Enter makes. */
  readonly sends?: string;
  /** A call that Enter alone must not make: it cannot be taken back, or another button says the opposite. */
  readonly spares?: string;
  /** What stands on the screen after it. */
  readonly shows?: string;
}

const newcomer = ['enter-officer-id=zhoulei', 'enter-name=周磊', 'enter-role-teller'];
const firstManager = { form: 'features/sign-in/first-manager.tsx', scene: 'first-manager' };
const firstReady = ['new-password-again=vier Kraniche im Nebel'];
const ownPassword = {
  form: 'features/sign-in/own-password.tsx',
  scene: 'own-password',
  moves: ['new-password=vier Kraniche im Nebel', 'new-password-again=vier Kraniche im Nebel'],
  sends: 'officers.replacePassword',
};

const rows: readonly Row[] = [
  {
    form: 'features/sign-in/sign-in.tsx',
    scene: 'sign-in',
    moves: ['password=training-teller'],
    field: 'password',
    sends: 'officers.signIn',
  },
  ...['officer-id', 'password', 'officer-pin'].map((field) => ({
    form: 'features/sign-in/sign-in.tsx',
    scene: 'sign-in-card-needed',
    moves: ['officer-pin=240622'],
    field,
    sends: 'officers.signIn',
  })),
  ...['first-code', 'first-officer-id', 'first-name', 'new-password', 'new-password-again'].map((field) => ({
    ...firstManager,
    moves: firstReady,
    field,
    sends: 'officers.enterFirst',
  })),
  ...['manager-code-code', 'manager-code-officer', 'new-password', 'new-password-again'].map((field) => ({
    form: 'features/sign-in/manager-code.tsx',
    scene: 'manager-code',
    field,
    sends: 'officers.readmitManager',
  })),
  // Not all is there yet.
  { ...firstManager, field: 'first-code', spares: 'officers.enterFirst' },
  { ...ownPassword, field: 'new-password' },
  { ...ownPassword, field: 'new-password-again' },
  {
    form: 'features/sign-in/lock-screen.tsx',
    scene: 'locked-card-back',
    moves: ['officer-pin=240622'],
    field: 'officer-pin',
    sends: 'officers.unlock',
  },
  ...['new-pin', 'new-pin-again'].map((field) => ({
    form: 'features/officers/enrol-card.tsx',
    scene: 'officers-enrol',
    field,
    sends: 'officers.prepareAct',
    shows: 'act-lines',
  })),
  {
    form: 'features/officers/enrol-card.tsx',
    scene: 'officers-enrol',
    moves: ['new-pin-again=240634'],
    field: 'new-pin-again',
    spares: 'officers.prepareAct',
  },
  ...['enter-officer-id', 'enter-name', 'enter-role-teller'].map((field) => ({
    form: 'features/officers/enter-officer.tsx',
    scene: 'officers-enter',
    moves: newcomer,
    field,
    sends: 'officers.prepareAct',
    shows: 'act-lines',
  })),
  // The reason is chosen; what Enter leads to is the text that will be signed.
  {
    form: 'features/officers/end-card.tsx',
    scene: 'officers-end',
    field: 'end-lost',
    sends: 'officers.prepareAct',
    shows: 'act-lines',
  },
  ...['accept-reference', 'accept-password'].map((field) => ({
    form: 'features/audit/accept-key-record.tsx',
    scene: 'audit-bank-keys-accept',
    field,
    sends: 'officers.prepareAct',
    shows: 'act-lines',
  })),
  {
    form: 'features/audit/accept-key-record.tsx',
    scene: 'audit-bank-keys-accept',
    moves: ['accept-reference=/'],
    field: 'accept-password',
    spares: 'officers.prepareAct',
  },
  {
    form: 'widgets/officer-card/sign-act.tsx',
    scene: 'officers-sign-order',
    moves: ['officer-pin=240622'],
    field: 'officer-pin',
    sends: 'officers.enrolCard',
  },
  // Without the PIN nothing is signed.
  {
    form: 'widgets/officer-card/sign-act.tsx',
    scene: 'officers-sign-order',
    field: 'officer-pin',
    spares: 'officers.enrolCard',
  },
  // Shown this once: a second Enter after the PIN must not take it away.
  {
    form: 'features/officers/start-password.tsx',
    scene: 'officers-start-password',
    shows: 'start-password-text',
  },
  {
    form: 'features/quarantine/ask-release.tsx',
    scene: 'quarantine-ask',
    field: 'finding-as-recorded',
    sends: 'quarantine.askRelease',
  },
  // Several lines.
  {
    form: 'features/quarantine/ask-release.tsx',
    scene: 'quarantine-ask',
    field: 'release-reason',
    spares: 'quarantine.askRelease',
  },
  // Two answers.
  ...['decision-password', 'decision-reason'].map((field) => ({
    form: 'features/quarantine/decide-release.tsx',
    scene: 'quarantine-decide',
    field,
    spares: 'quarantine.decide',
  })),
  {
    form: 'features/issue/find-customer.tsx',
    scene: 'issue-find',
    moves: ['customer-query=王'],
    field: 'customer-query',
    sends: 'customers.find',
  },
  // From field to field; the last one leads to the decision and does not make it.
  {
    form: 'features/issue/check-identity.tsx',
    scene: 'issue-identity-agrees',
    field: 'document-issuedBy',
    spares: 'issuance.start',
  },
  {
    form: 'features/issue/check-identity.tsx',
    scene: 'issue-identity-agrees',
    field: 'photo-check',
    sends: 'issuance.start',
  },
  { form: 'features/issue/choose-medium.tsx', scene: 'issue-medium', sends: 'runs.answer' },
  {
    form: 'features/audit/audit-filters.tsx',
    scene: 'audit',
    moves: ['audit-from=2026.3.5'],
    field: 'audit-from',
    sends: 'audit.search',
  },
  ...['wipe-reason', 'wipe-sure'].map((field) => ({
    form: 'features/reprovision/wipe-form.tsx',
    scene: 'reprovision-differs',
    moves: ['wipe-sure'],
    field,
    spares: 'reprovision.wipe',
  })),
  {
    form: 'features/batch/start-batch.tsx',
    scene: 'batch-start',
    field: 'batch-work-wipe',
    spares: 'batches.start',
  },
  {
    form: 'widgets/training-drawer.tsx',
    scene: 'drawer',
    moves: ['pull-at-Training Reader 1=12'],
    field: 'pull-at-Training Reader 1',
    sends: 'training.pullAt',
  },
  {
    form: 'customer/password-question.tsx',
    scene: 'customer-password',
    field: 'login-password',
    shows: 'login-password-again',
  },
  {
    form: 'customer/pin-question.tsx',
    scene: 'customer-account-pin',
    moves: ['#5', '#9'],
    shows: 'login-password',
  },
  {
    form: 'customer/pin-question.tsx',
    scene: 'customer-card-pin',
    moves: ['#6', '#3', '#8', '#Enter', '~ask-card-pin-again', '#5', '#2', '#9', '#6', '#3', '#8'],
    sends: 'customer.answer',
  },
];

describe.skipIf(!chromiumIsHere)('Enter in every form (needs /usr/bin/chromium)', () => {
  let photographer: Photographer;
  beforeAll(async () => {
    photographer = await openPhotographer();
  });
  afterAll(async () => {
    await photographer.close();
  });

  test.each(rows.map((row) => [nameOf(row), row] as const))('%s', async (_name, row) => {
    const scene = scenes.find(({ name }) => name === row.scene);
    if (!scene) throw new Error(`no scene ${row.scene}`);
    await photographer.visit(scene, look, async (page) => {
      for (const move of row.moves ?? []) await act(page, move);
      if (row.field !== undefined) await page.getByTestId(row.field).focus();
      const call = row.sends ?? row.spares;
      const before = call === undefined ? 0 : await countCalls(page, call);
      await page.keyboard.press('Enter');
      if (row.sends !== undefined)
        await expect.poll(() => countCalls(page, row.sends ?? '')).toBeGreaterThan(before);
      if (row.shows !== undefined) await page.getByTestId(row.shows).waitFor();
      if (row.spares !== undefined || row.sends === undefined) {
        await page.waitForTimeout(300);
        if (row.spares !== undefined) expect(await countCalls(page, row.spares)).toBe(before);
        if (row.shows !== undefined) expect(await page.getByTestId(row.shows).isVisible()).toBe(true);
      }
    });
  });
});

test('no form and no screen with a field to type in is forgotten here', () => {
  const tested = new Set(rows.map(({ form }) => form));
  const withFields = globSync('**/*.tsx', { cwd: renderer }).filter((file) =>
    /<(form|DecisionForm|TextInput|PasswordInput|Textarea)\b|<input\b[^>]*type="(text|password)"/.test(
      readFileSync(`${renderer}${file}`, 'utf8'),
    ),
  );
  expect(withFields.filter((file) => !tested.has(file)).toSorted()).toEqual(partsOfForms);
});

/** Parts that the forms above are made of. */
const partsOfForms = [
  'features/sign-in/bank-code.tsx',
  'features/sign-in/new-password.tsx',
  'features/sign-in/sign-in-form.tsx',
  'widgets/decision-form.tsx',
  'widgets/officer-card/card-and-pin.tsx',
  'widgets/officer-fields.tsx',
];

const nameOf = ({ form, scene, field, sends, spares, shows }: Row): string =>
  `${form}, ${scene}, ${field ?? 'as it stands'}: ${sends ?? (spares === undefined ? `shows ${shows ?? ''}` : `not ${spares}`)}`;

const countCalls = (page: Page, name: string): Promise<number> =>
  page.evaluate((call) => (globalThis as unknown as { __calls(name: string): number }).__calls(call), name);
