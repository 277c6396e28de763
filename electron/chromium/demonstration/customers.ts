import { trainingCustomers, trainingSecrets, type TrainingCustomer } from '../../launch/training.ts';
import { Stuck } from './hand.ts';

/** One person to play: the record, and what only they know. */
export interface PlayedCustomer {
  readonly record: TrainingCustomer;
  readonly accountPin: string;
  readonly loginPassword: string;
  /** Chosen for the card at the counter. */
  readonly cardPin: string;
}

export function playCustomer(customerId: string, cardPin: string): PlayedCustomer {
  const record = trainingCustomers.find((customer) => customer.customerId === customerId);
  const secrets = trainingSecrets[customerId];
  if (record === undefined || secrets === undefined)
    throw new Stuck(`there is no training customer ${customerId}`);
  return { record, accountPin: secrets.accountPin, loginPassword: secrets.suggestedLoginPassword, cardPin };
}
