export { CardPanel } from './card-panel.tsx';
export { MediumDrawing } from './medium-drawing.tsx';
export { PanelSubjectProvider, useCardPanel, type PanelSubject } from './panel-subject.tsx';
export { allParts, partsOfRun, plannedParts, type PartStates } from './card-parts.ts';
