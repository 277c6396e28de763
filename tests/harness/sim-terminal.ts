import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { httpsTransport, portalCard, type UsePipe } from '../../electron/customer-card/index.ts';
import { ok } from '../../electron/shared/result/index.ts';
import { piv, userInfoObject } from '../../native/applications/piv/index.ts';
import { openPipe } from '../../native/pipe/index.ts';
import { portalClient, type PortalAnswer } from './portal-client.ts';
import type { TestBank } from './start-bank.ts';
import { must, type VirtualSim } from './start-station.ts';

const pipeTo =
  (chip: VirtualSim): UsePipe =>
  (work) => {
    chip.powerCycle();
    return work(openPipe({ transmit: async (one) => ok(chip.transmit(one)) }));
  };

/** A customer's terminal with a SIM in it, as it speaks with the bank's portal (S1). */
export const simTerminal = async (bank: TestBank, chip: VirtualSim, cardId: string) => {
  const read = must(
    await pipeTo(chip)(async (pipe) => {
      const session = must(await piv.open(pipe));
      return ok({
        certificate: must(await session.readCertificate('9a'))!,
        userInfo: must(await session.getObject(userInfoObject))!,
      });
    }),
  );
  return portalCard(
    {
      bankId: bank.server.bankId,
      portalOrigin: bank.server.portalOrigin,
      cardId,
      ...read,
      algorithm: 'p-256',
      clientVersion: '1.0.0',
      now: () => Math.floor(bank.now().getTime() / 1000),
    },
    httpsTransport(bank.server.portalOrigin, readFileSync(join(bank.stationFolder, 'bank-ca.pem'), 'utf8'), {
      contentType: 'text/plain;charset=UTF-8',
    }),
    pipeTo(chip),
  );
};

export interface SimLogin {
  /** The card says that another went on with its chain; undefined: it has none. */
  readonly alarm: boolean | undefined;
  readonly page: PortalAnswer;
  /** Where the password has led to. */
  readonly path: string;
}

/** With a one-time password, where the card has a chain; then the login password. */
export const logInWithSim = async (
  bank: TestBank,
  chip: VirtualSim,
  { cardId, cardPin, password }: { cardId: string; cardPin: string; password: string },
): Promise<SimLogin> => {
  const at = await simTerminal(bank, chip, cardId);
  const { challenge } = must(await at.ask(cardPin));
  const assertion = must(await at.logIn(cardPin, challenge));
  const { otp } = JSON.parse(assertion.payload) as { otp?: { alarm: boolean } };
  const browser = portalClient(bank, 'en');
  await browser.login(assertion);
  const page = await browser.password(password);
  browser.close();
  return { alarm: otp?.alarm, page, path: String(page.headers.location) };
};
