import { concatBytes, encodeTlv, findTlv, parseTlvs } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';

/** Key history object, SP 800-73-4 part 1, §3.3.3: how many retired slots are in use, from slot 82 up. */
export interface KeyHistory {
  readonly keysWithOnCardCertificates: number;
  readonly keysWithOffCardCertificates: number;
}

/** This house keeps every certificate on the card; more than 20 throws. */
export const encodeKeyHistory = (keysWithOnCardCertificates: number): Uint8Array => {
  if (
    !Number.isInteger(keysWithOnCardCertificates) ||
    keysWithOnCardCertificates < 0 ||
    keysWithOnCardCertificates > 20
  )
    throw new Error('A PIV card has 20 retired slots');
  return concatBytes(
    encodeTlv(0xc1, new Uint8Array([keysWithOnCardCertificates])),
    encodeTlv(0xc2, new Uint8Array([0])),
    encodeTlv(0xf3),
    encodeTlv(0xfe),
  );
};

/** Fault: card-bad-answer. */
export const parseKeyHistory = (content: Uint8Array): Result<KeyHistory> => {
  const fields = parseTlvs(content);
  if (!fields.ok) return fields;
  const onCard = findTlv(fields.value, 0xc1)?.[0];
  const offCard = findTlv(fields.value, 0xc2)?.[0];
  return onCard === undefined || offCard === undefined
    ? fail('card-bad-answer', { what: 'key history' })
    : ok({ keysWithOnCardCertificates: onCard, keysWithOffCardCertificates: offCard });
};
