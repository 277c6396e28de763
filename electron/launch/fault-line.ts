import type { Fault } from '../shared/result/index.ts';
import { faultText } from '../shared/text/index.ts';

/** A fault for a terminal or a box without screens: what happened, what it means, what to do, and its code. */
export function faultLine(language: string, fault: Fault): string {
  const { happened, means, todo } = faultText(language.startsWith('zh') ? 'zh-CN' : 'en', fault);
  return `${happened}\n${means}\n${todo}\n(${fault.code})`;
}
