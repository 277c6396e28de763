export { CardAndPin } from './card-and-pin.tsx';
export { cardAndPinOf, cardSightOf, type CardSight } from './card-sight.ts';
export { ActLines } from './act-lines.tsx';
export { SignAct, type Approval } from './sign-act.tsx';
