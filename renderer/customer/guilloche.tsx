import { rosettePath } from '../widgets/index.ts';
import classes from './guilloche.module.css';

/** The engraving of a banknote behind the words of a screen that has nothing to ask. */
export function Guilloche() {
  return (
    <svg className={classes.guilloche} viewBox="0 0 600 600" aria-hidden="true">
      <path d={outer} />
      <path d={inner} />
    </svg>
  );
}

const outer = rosettePath(300, 300, 290, 18, 4);
const inner = rosettePath(300, 300, 150, 10, 3);
