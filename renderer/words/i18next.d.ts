import 'i18next';
import type { en } from './en.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'screens';
    resources: { screens: typeof en };
    interpolationPrefix: '{';
    interpolationSuffix: '}';
  }
}
