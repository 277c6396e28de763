import type { MediumKind } from '../../../electron/shared/domain/index.ts';
import type { PartStates } from './card-parts.ts';
import { Id1Back, Id1Front } from './id1-drawing.tsx';
import classes from './medium-drawing.module.css';
import { SdBack, SdFront } from './sd-drawing.tsx';
import { SimBack, SimFront } from './sim-drawing.tsx';

/** What is printed on the drawing, because it is on the card. */
export interface CardPrint {
  readonly parts: PartStates;
  readonly bank?: string | undefined;
  readonly name?: string | undefined;
  readonly serial?: string | undefined;
  readonly locked?: boolean | undefined;
}

/** The very medium, both sides. Decoration: what it shows is also said in words beside it. */
export function MediumDrawing({
  kind,
  print,
  turned = false,
}: {
  kind: MediumKind | 'unknown';
  print: CardPrint;
  turned?: boolean;
}) {
  const [Front, Back] = faces[kind];
  return (
    <div className={classes.stage} data-kind={kind} aria-hidden="true">
      <div className={classes.card} data-turned={turned}>
        <div className={classes.face}>
          <Front {...print} />
        </div>
        <div className={`${classes.face ?? ''} ${classes.reverse ?? ''}`}>
          <Back {...print} />
        </div>
      </div>
    </div>
  );
}

const faces = {
  sim: [SimFront, SimBack],
  'sd-card': [SdFront, SdBack],
  'smart-card': [Id1Front, Id1Back],
  unknown: [Id1Front, Id1Back],
} as const;
