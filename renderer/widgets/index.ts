export { ActionButton } from './action-button.tsx';
export {
  allParts,
  CardPanel,
  MediumDrawing,
  partsOfRun,
  PanelSubjectProvider,
  plannedParts,
  useCardPanel,
  type PartStates,
} from './card-panel/index.ts';
export { CardTalk } from './card-talk.tsx';
export { CodeText, copyText } from './code-text.tsx';
export { ConnectionStrip } from './connection-strip.tsx';
export { Choices, DecisionForm } from './decision-form.tsx';
export { isOfficerNumber, OfficerFields } from './officer-fields.tsx';
export { EmptyState } from './empty-state.tsx';
export { FaultNotice } from './fault-notice.tsx';
export { FaultPanel } from './fault-panel.tsx';
export { Icon, type IconName } from './icon.tsx';
export { KeyHint } from './key-hint.tsx';
export { KeptStateProvider, useKept } from './kept-state.tsx';
export { Loading } from './loading.tsx';
export { Notice } from './notice.tsx';
export {
  ActLines,
  CardAndPin,
  cardAndPinOf,
  cardSightOf,
  SignAct,
  type Approval,
} from './officer-card/index.ts';
export { Page } from './page.tsx';
export { PickList } from './pick-list.tsx';
export { PinPad } from './pin-pad.tsx';
export { ProgressLine } from './progress-line.tsx';
export { RemovalNotice } from './removal-notice.tsx';
export { RunProgress } from './run-progress.tsx';
export { rosettePath } from './card-panel/rosette.ts';
export { StateMark, type Mark } from './state-mark.tsx';
export { StepList } from './step-list.tsx';
export { TrainingBand } from './training-band.tsx';
export { TrainingDrawer } from './training-drawer.tsx';
export { TrainingHint } from './training-hint.tsx';
export { dateAsTyped, dateWhenLeft, isDate } from './typed-date.ts';
export { useNow } from './use-now.ts';
export { useReaderName } from './use-reader-name.ts';
export { useShortcut } from './use-shortcut.ts';
