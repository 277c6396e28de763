import '../../harness/browser-gaps.ts';
import { cleanup, configure, render } from '@testing-library/react';
import { userEvent, type UserEvent } from '@testing-library/user-event';
import { afterEach } from 'vitest';
import { OfficerApp } from '../../../renderer/app/officer-app.tsx';
import { CustomerApp } from '../../../renderer/customer/customer-app.tsx';
import {
  createFakeStation,
  type FakeStation,
  type FakeStationOptions,
} from '../../harness/fake-station/index.ts';

afterEach(cleanup);
// A missing element is told by its name, not by a print of the whole window; a busy machine may be slow.
configure({ asyncUtilTimeout: 20_000, getElementError: (message) => new Error(message ?? 'not found') });

export interface OpenWindow {
  readonly station: FakeStation;
  readonly user: UserEvent;
}

/** The officer's window over a fake station, in English unless said otherwise. */
export function openOfficer(options: FakeStationOptions = {}, locale: 'en' | 'zh-CN' = 'en'): OpenWindow {
  window.localStorage.setItem('cardwright-locale', locale);
  const station = createFakeStation(options);
  render(<OfficerApp port={station.officerPort} bare />);
  return { station, user: userEvent.setup({ delay: null }) };
}

/** The customer's own screen over a fake station. */
export function openCustomer(options: FakeStationOptions = {}, locale: 'en' | 'zh-CN' = 'en'): OpenWindow {
  window.localStorage.setItem('cardwright-locale', locale);
  const station = createFakeStation(options);
  render(<CustomerApp port={station.customerPort} bare />);
  return { station, user: userEvent.setup({ delay: null }) };
}
