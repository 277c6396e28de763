import { BankName, HolderName, PartDisc, Rosette, shortSerial } from './drawing-parts.tsx';
import type { CardPrint } from './medium-drawing.tsx';
import classes from './medium-drawing.module.css';

/** A 2FF SIM with the nano cut around its contacts (ETSI TS 102 221), a little over eight times its size. */
const outline =
  'M12 .5H116L159.5 44V238a11.5 11.5 0 0 1-11.5 11.5H12A11.5 11.5 0 0 1 .5 238V12A11.5 11.5 0 0 1 12 .5z';

export function SimFront({ parts, bank, name, serial }: CardPrint) {
  return (
    <svg viewBox="0 0 160 250">
      <path className={classes.body} d={outline} />
      <BankName name={bank} x={16} y={18} width={96} />
      <path className={classes.perforation} d="M26 40h88l20 20v84a6 6 0 0 1-6 6H32a6 6 0 0 1-6-6z" />
      <ContactPlate x={36} y={50} width={88} height={88} />
      <PartDisc part="key" state={parts.key} x={80} y={94} size={34} />
      <Rosette state={parts.certificate} cx={116} cy={200} radius={33} />
      <HolderName state={parts.userInfo} name={name} x={16} y={178} width={58} />
      <text className={classes.micro} x="16" y="195">
        {parts.identity === 'done' || parts.identity === undefined ? shortSerial(serial, 10) : ''}
      </text>
      <PartDisc part="seal" state={parts.seal} x={116} y={200} size={24} />
      <PartDisc part="verified" state={parts.verified} x={27} y={223} size={21} />
      <PartDisc part="registered" state={parts.registered} x={54} y={223} size={21} />
    </svg>
  );
}

export function SimBack({ serial, bank }: CardPrint) {
  return (
    <svg viewBox="0 0 160 250">
      <path className={classes.body} d={outline} transform="matrix(-1 0 0 1 160 0)" />
      <path className={classes.perforation} d="M134 38H46L26 58v86a6 6 0 0 0 6 6h96a6 6 0 0 0 6-6z" />
      <BankName name={bank} x={36} y={98} width={92} />
      <Bars serial={serial} x={20} y={172} width={120} />
      <text className={classes.micro} x="20" y="228">
        {shortSerial(serial, 22)}
      </text>
    </svg>
  );
}

/** The eight contacts of ISO/IEC 7816-2 around their middle. */
export function ContactPlate({
  x,
  y,
  width,
  height,
}: {
  x: number;
  y: number;
  width: number;
  height: number;
}) {
  const inset = width * 0.28;
  const left = x + inset;
  const right = x + width - inset;
  const top = y + height * 0.24;
  const bottom = y + height * 0.76;
  const third = (n: number) => y + (height * n) / 4;
  return (
    <g>
      <rect className={classes.gold} x={x} y={y} width={width} height={height} rx={width * 0.12} />
      <rect
        className={classes.goldLine}
        x={left}
        y={top}
        width={right - left}
        height={bottom - top}
        rx={width * 0.1}
      />
      <path
        className={classes.goldLine}
        d={[1, 2, 3]
          .map((n) => `M${x} ${third(n)}H${left}M${right} ${third(n)}H${x + width}`)
          .concat(`M${x + width / 2} ${y}V${top}M${x + width / 2} ${bottom}V${y + height}`)
          .join('')}
      />
    </g>
  );
}

/** A bar code of the serial: its look, not its content. */
export function Bars({
  serial,
  x,
  y,
  width,
}: {
  serial: string | undefined;
  x: number;
  y: number;
  width: number;
}) {
  const text = serial ?? '0000000000';
  const bars: string[] = [];
  let at = x;
  for (let index = 0; at < x + width; index++) {
    const code = text.charCodeAt(index % text.length) + index;
    bars.push(`M${at} ${y}v34h${1 + (code % 3)}v-34z`);
    at += 2.6 + (code % 4);
  }
  return <path className={classes.stripe} d={bars.join('')} />;
}
