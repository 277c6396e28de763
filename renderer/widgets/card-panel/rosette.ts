/**
 * The engraved rosette of a certificate: closed curves of one family, turned against each other, as a
 * guilloche lathe draws them. Returns an SVG path.
 */
export function rosettePath(cx: number, cy: number, radius: number, petals: number, turns: number): string {
  const key = [cx, cy, radius, petals, turns].join();
  const known = drawn.get(key);
  if (known !== undefined) return known;
  const path = draw(cx, cy, radius, petals, turns);
  drawn.set(key, path);
  return path;
}

/** A handful of sizes, drawn again on every change of state. */
const drawn = new Map<string, string>();

function draw(cx: number, cy: number, radius: number, petals: number, turns: number): string {
  const curves: string[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const offset = (turn * 2 * Math.PI) / (petals * turns);
    const points: string[] = [];
    const steps = petals * 14;
    for (let step = 0; step <= steps; step++) {
      const angle = (step / steps) * 2 * Math.PI;
      const wave = 0.66 + 0.34 * Math.cos(petals * (angle + offset));
      const x = cx + radius * wave * Math.cos(angle);
      const y = cy + radius * wave * Math.sin(angle);
      points.push(`${x.toFixed(1)} ${y.toFixed(1)}`);
    }
    curves.push(`M${points.join('L')}Z`);
  }
  return curves.join('');
}
