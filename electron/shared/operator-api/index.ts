export * from './messages.ts';
export { responseCode, type ResponseCode } from './response-code.ts';
