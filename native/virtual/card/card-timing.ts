/**
 * How long a card of the middle of the field takes (JCAlgTest, published medians): P-256 key 156 ms, RSA-2048
 * key 12 s, signatures, flash writes, and the contacts' 9600 bytes a second. For rehearsals, never for tests.
 */
export const usualBusyMs = (command: Uint8Array): number => {
  const [, ins, p1] = command;
  return 8 + command.length / 9.6 + (work.get(ins ?? 0)?.(command, p1 ?? 0) ?? 0);
};

const work: ReadonlyMap<number, (command: Uint8Array, p1: number) => number> = new Map<
  number,
  (command: Uint8Array, p1: number) => number
>([
  // GENERATE ASYMMETRIC: the algorithm is the last byte of its template
  [0x47, (command: Uint8Array) => generationMs(command)],
  // GENERAL AUTHENTICATE: RSA-2048 or anything else
  [0x87, (_: Uint8Array, p1: number) => (p1 === 0x07 ? 650 : 70)],
  [0xdb, () => 45], // PUT DATA
  [0xe8, () => 60], // LOAD
  [0xe6, () => 400], // INSTALL
  [0xe4, () => 900], // DELETE
  [0xd8, () => 250], // PUT KEY
  [0x82, () => 90], // EXTERNAL AUTHENTICATE
  [0x50, () => 60], // INITIALIZE UPDATE
]);

/** The template's algorithm: 80 01 xx. */
const generationMs = (command: Uint8Array): number => {
  const at = command.findIndex((byte, place) => place > 4 && byte === 0x80 && command[place + 1] === 0x01);
  const milliseconds: Readonly<Record<number, number>> = { 0x07: 12_000, 0x05: 48_000, 0x14: 420 };
  return milliseconds[command[at + 2] ?? 0] ?? 156;
};
