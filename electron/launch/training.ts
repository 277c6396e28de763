/*
 * What a person must know to play a customer in training: the demonstration types it. Data only; the bank
 * itself runs in its own process.
 */
export {
  trainingCustomers,
  trainingSecrets,
  type TrainingCustomer,
} from '../bank-server/training/training-customers.ts';
