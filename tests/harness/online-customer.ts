import type { Application } from '../../electron/customer-card/index.ts';
import { trainingCustomers, trainingSecrets } from '../../electron/bank-server/index.ts';
import type { PivSlot } from '../../native/applications/piv/index.ts';
import { sealSecret } from './seal-secret.ts';

/** A training customer who asks a bank for a certificate from home, with this SIM in the reader. */
export const applicationOf = (
  customerId: string,
  simSerial: string,
  cardPin: string,
  slot: PivSlot = '9a',
): Application => {
  const customer = trainingCustomers.find((each) => each.customerId === customerId)!;
  const { accountPin, suggestedLoginPassword } = trainingSecrets[customerId]!;
  return {
    customerId,
    documentNumber: customer.document.number,
    account: customer.accounts[0]!.number,
    accountPin,
    loginPassword: suggestedLoginPassword,
    cardPin,
    medium: { kind: 'sim', identity: `sim|${simSerial}`, serial: simSerial },
    slot,
    seal: sealSecret,
  };
};
