import type { PartState } from './card-parts.ts';
import classes from './medium-drawing.module.css';
import { rosettePath } from './rosette.ts';

const glyphs = {
  key: 'M4.8 11.2a2.6 2.6 0 1 0 0-.01M6.7 9.3 12 4M9.8 6.2l1.7 1.7',
  identity: 'M3.5 4v8M6 4v8M7.8 4v8M10.2 4v8M12.5 4v8',
  client: 'M5 2.5h6v11H5zM7.3 11.5h1.4',
  seal: 'M5 8.2l2.2 2.2L11.2 6',
  verified: 'M8 2.6l4.8 1.9v3.3c0 2.9-1.9 4.9-4.8 6.1-2.9-1.2-4.8-3.2-4.8-6.1V4.5zM5.9 8l1.5 1.5 2.8-3',
  registered: 'M3 6.5 8 3.3l5 3.2zM4 12.7h8M5 6.7v4M8 6.7v4M11 6.7v4',
} as const;

/** A round place on the drawing for one part: dashed while empty, teal once filled. */
export function PartDisc({
  part,
  state,
  x,
  y,
  size = 22,
}: {
  part: keyof typeof glyphs;
  state: PartState | undefined;
  x: number;
  y: number;
  size?: number;
}) {
  if (state === undefined) return null;
  const scale = size / 22;
  return (
    <g className={classes.part} data-state={state} transform={`translate(${x} ${y}) scale(${scale})`}>
      {part === 'seal' ? (
        <path className={classes.ground} d={scallop} />
      ) : (
        <circle className={classes.ground} r="11" />
      )}
      <path className={classes.glyph} d={glyphs[part]} transform="translate(-8 -8)" />
    </g>
  );
}

/** The certificate, engraved once it is written. */
export function Rosette({
  state,
  cx,
  cy,
  radius,
  faint = false,
}: {
  state: PartState | undefined;
  cx: number;
  cy: number;
  radius: number;
  /** Under print, as on banknotes. */
  faint?: boolean;
}) {
  if (state === undefined) return null;
  if (state === 'done')
    return (
      <g opacity={faint ? 0.36 : 1}>
        <path className={classes.rosette} d={rosettePath(cx, cy, radius, 12, 4)} />
        <path className={classes.rosette} d={rosettePath(cx, cy, radius * 0.46, 8, 3)} />
      </g>
    );
  return (
    <g className={classes.seal} data-state={state}>
      <circle className={classes.ground} cx={cx} cy={cy} r={radius * 0.92} />
    </g>
  );
}

/** The holder's name, or the line it will stand on. */
export function HolderName({
  state,
  name,
  x,
  y,
  width,
}: {
  state: PartState | undefined;
  name: string | undefined;
  x: number;
  y: number;
  width: number;
}) {
  if (state === 'done' && name)
    return (
      <text className={classes.name} x={x} y={y}>
        {name.length > 18 ? `${name.slice(0, 17)}…` : name}
      </text>
    );
  if (state === undefined) return null;
  return (
    <g className={classes.part} data-state={state}>
      <path className={classes.ground} d={`M${x} ${y - 1}h${width}`} />
    </g>
  );
}

/** The bank's name where there is `width` for it: on one line, or broken between two words. */
export function BankName({
  name,
  x,
  y,
  width,
}: {
  name: string | undefined;
  x: number;
  y: number;
  width: number;
}) {
  if (name === undefined) return null;
  const lines = linesOf(name, Math.floor(width / (/[^\u0020-\u024f]/u.test(name) ? 10.5 : 5.9)));
  return (
    <text className={classes.bank} x={x} y={y}>
      {lines.map((line, index) => (
        <tspan key={line} x={x} dy={index === 0 ? 0 : 12}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

function linesOf(name: string, most: number): readonly string[] {
  if (name.length <= most) return [name];
  const at = name.lastIndexOf(' ', most);
  return at < 1 ? [name.slice(0, most)] : [name.slice(0, at), name.slice(at + 1, at + 1 + most)];
}

export const shortSerial = (serial: string | undefined, length: number): string =>
  serial === undefined ? '' : serial.length > length ? `…${serial.slice(-(length - 1))}` : serial;

const scallop = (() => {
  const points: string[] = [];
  for (let step = 0; step <= 120; step++) {
    const angle = (step / 120) * 2 * Math.PI;
    const r = 11 + 0.9 * Math.cos(14 * angle);
    points.push(`${(r * Math.cos(angle)).toFixed(2)} ${(r * Math.sin(angle)).toFixed(2)}`);
  }
  return `M${points.join('L')}Z`;
})();
