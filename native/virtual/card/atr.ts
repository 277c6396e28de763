import { concatBytes, fromHex, utf8 } from '../../../electron/shared/codec/index.ts';

/**
 * Answers to reset of the virtual cards, for T=1 with blocks of 254 bytes. The historical bytes name the
 * product and the form of the card; 73 says that chaining and extended lengths work.
 */
export const virtualAtrs = {
  smartCard: atr(concatBytes(fromHex('80 73c021c0 57'), utf8('CW-PIV1'))),
  sim: atr(concatBytes(fromHex('80 73c021c0 57'), utf8('CW-SIM1'))),
  /** Somebody else's card: a tourist pass. */
  foreign: atr(concatBytes(fromHex('80 57'), utf8('CITYBUS'))),
};

/*
 *  3B  8n      81         31              FE    15   historical bytes…  TCK
 *  TS  TD1|n   T=1, TD2   T=1, TA3, TB3   IFSC  BWI                    xor from T0
 */
function atr(historical: Uint8Array): Uint8Array {
  const body = concatBytes(new Uint8Array([0x80 | historical.length]), fromHex('81 31 fe 15'), historical);
  const check = body.reduce((sum, byte) => sum ^ byte, 0);
  return concatBytes(fromHex('3b'), body, new Uint8Array([check]));
}
