export * from './route.ts';
export * from './bank-api.ts';
export * from './problem.ts';
export * from './login-assertion.ts';
export * from './card-messages.ts';
