export { locales, type Locale as TextLocale } from './locale.ts';
export { fill } from './fill.ts';
export { faultText, remedyOf, type FaultText, type FaultTexts } from './fault-text.ts';
export { stepText } from './step-text.ts';
export { questionNames, stepNames, type QuestionName, type StepName } from './step-names.ts';
export { words, type StateWords, type StepWords, type Words } from './words.ts';
