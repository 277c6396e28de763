import type { CardPart, PartState } from './card-parts.ts';
import { BankName, HolderName, PartDisc, Rosette, shortSerial } from './drawing-parts.tsx';
import type { CardPrint } from './medium-drawing.tsx';
import classes from './medium-drawing.module.css';

/** An SD card, 24 × 32 mm, seven times its size: cut corner, write-protect notch on its left. */
const outline =
  'M9 .5H132L167.5 34V216a8.5 8.5 0 0 1-8.5 8.5H9A8.5 8.5 0 0 1 .5 216V78l6-6V54l-6-6V9A8.5 8.5 0 0 1 9 .5z';

/** Its content is files, so the label lists them. */
const files: readonly { readonly part: CardPart; readonly file: string }[] = [
  { part: 'key', file: 'key.p8' },
  { part: 'certificate', file: 'certificate.cer' },
  { part: 'userInfo', file: 'user-info.p7m' },
  { part: 'client', file: 'client.html' },
  { part: 'seal', file: 'manifest.p7s' },
];

export function SdFront({ parts, bank, name, locked }: CardPrint) {
  return (
    <svg viewBox="0 0 168 225">
      <path className={classes.body} d={outline} />
      <path
        className={classes.groove}
        d="M22 12v16M34 12v16M46 12v16M58 12v16M70 12v16M82 12v16M94 12v16M106 12v16M118 12v16"
      />
      <rect className={classes.groove} x="2.5" y={locked === true ? 63 : 56} width="5" height="8" rx="1" />
      <rect className={classes.label} x="14.5" y="44.5" width="139" height="152" rx="5" />
      <Rosette state={parts.certificate} cx={104} cy={136} radius={46} faint />
      <BankName name={bank} x={24} y={60} width={122} />
      <HolderName state={parts.userInfo} name={name} x={24} y={90} width={70} />
      <path className={classes.groove} d="M24 99.5h120" />
      {files.map(({ part, file }, index) => (
        <FileLine key={part} state={parts[part]} file={file} x={24} y={114 + index * 15} />
      ))}
      <PartDisc part="verified" state={parts.verified} x={126} y={209} size={18} />
      <PartDisc part="registered" state={parts.registered} x={149} y={209} size={18} />
      <path className={classes.groove} d="M22 204.5h80M22 209.5h80M22 214.5h80" />
    </svg>
  );
}

export function SdBack({ serial }: CardPrint) {
  const contacts = [0, 1, 2, 3, 4, 5, 6, 7];
  return (
    <svg viewBox="0 0 168 225">
      <path className={classes.body} d={outline} transform="matrix(-1 0 0 1 168 0)" />
      {contacts.map((contact) => (
        <rect
          key={contact}
          className={classes.gold}
          x={38 + contact * 14.5}
          y={contact === 0 ? 16 : 10}
          width="10.5"
          height={contact === 0 ? 32 : 38}
          rx="2"
        />
      ))}
      <path className={classes.groove} d="M14 60.5h140" />
      <text className={classes.micro} x="20" y="190">
        {shortSerial(serial, 24)}
      </text>
    </svg>
  );
}

function FileLine({
  state,
  file,
  x,
  y,
}: {
  state: PartState | undefined;
  file: string;
  x: number;
  y: number;
}) {
  return (
    <g>
      <g className={classes.part} data-state={state ?? 'waiting'}>
        <rect className={classes.ground} x={x} y={y - 7} width="8" height="8" rx="2" />
        {state === 'done' ? <path className={classes.glyph} d={`M${x + 2} ${y - 3}l1.5 1.5 2.6-3`} /> : null}
      </g>
      <text className={classes.file} data-state={state ?? 'waiting'} x={x + 13} y={y}>
        {file}
      </text>
    </g>
  );
}
