export { startBankServer, type BankServer, type BankServerOptions } from './start-bank-server.ts';
export {
  trainingCustomers,
  trainingSecrets,
  type TrainingCustomer,
  type TrainingSecrets,
} from './training/training-customers.ts';
