export * from './online-api.ts';
