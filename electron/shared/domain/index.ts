export * from './medium.ts';
export * from './card.ts';
export * from './customer.ts';
export * from './officer.ts';
export * from './identity-differences.ts';
export * from './identity-number.ts';
export * from './mrz.ts';
export { isNewerVersion } from './newer-version.ts';
export * from './transfer-text.ts';
