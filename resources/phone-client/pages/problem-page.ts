import type { ClientProblem } from '../client-problem.ts';
import type { Words } from '../text/words.ts';
import { element, icon } from './element.ts';
import type { Page } from './page.ts';

/** What happened, what it means, what to do now. */
export const problemPage = (words: Words, problem: ClientProblem): Page => {
  const date = (value: Date): string =>
    value.toLocaleDateString(words.tag, { year: 'numeric', month: 'long', day: 'numeric' });
  const said = words.problem(problem, date);
  const careful = problem.kind === 'clock' || problem.kind === 'expired';
  return {
    body: element(
      'section',
      { class: careful ? 'problem careful' : 'problem', role: 'alert' },
      element('div', { class: 'sign' }, icon(careful ? 'wait' : 'stop')),
      element('h1', {}, said.title),
      element('p', {}, said.meaning),
      element('p', { class: 'remedy' }, said.remedy),
      element('p', { class: 'details' }, words.details(problemCode(problem))),
    ),
    close: () => undefined,
  };
};

const problemCode = (problem: ClientProblem): string =>
  problem.kind === 'damaged' ? `client-damaged-${problem.part}` : `client-${problem.kind}`;
