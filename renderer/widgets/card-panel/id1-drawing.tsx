import { BankName, HolderName, PartDisc, Rosette, shortSerial } from './drawing-parts.tsx';
import type { CardPrint } from './medium-drawing.tsx';
import classes from './medium-drawing.module.css';
import { ContactPlate } from './sim-drawing.tsx';

/** ID-1 (ISO/IEC 7810), 85.6 × 54 mm; the contacts where ISO/IEC 7816-2 puts them. */
export function Id1Front({ parts, bank, name, serial }: CardPrint) {
  return (
    <svg viewBox="0 0 300 190">
      <rect className={classes.body} x=".5" y=".5" width="299" height="189" rx="12" />
      <BankName name={bank} x={26} y={34} width={180} />
      <ContactPlate x={28} y={58} width={52} height={46} />
      <PartDisc part="key" state={parts.key} x={54} y={81} size={24} />
      <Rosette state={parts.certificate} cx={222} cy={92} radius={58} />
      <PartDisc part="seal" state={parts.seal} x={222} y={92} size={34} />
      <HolderName state={parts.userInfo} name={name} x={26} y={146} width={96} />
      <text className={classes.micro} x="26" y="166">
        {shortSerial(serial, 20)}
      </text>
      <PartDisc part="verified" state={parts.verified} x={244} y={164} size={24} />
      <PartDisc part="registered" state={parts.registered} x={274} y={164} size={24} />
    </svg>
  );
}

export function Id1Back({ serial }: CardPrint) {
  return (
    <svg viewBox="0 0 300 190">
      <rect className={classes.body} x=".5" y=".5" width="299" height="189" rx="12" />
      <path className={classes.stripe} d="M.5 24h299v36H.5z" />
      <rect className={classes.label} x="20.5" y="78.5" width="180" height="30" rx="2" />
      <text className={classes.micro} x="20" y="166">
        {shortSerial(serial, 32)}
      </text>
    </svg>
  );
}
