import { toHex, unwrapTlv } from '../../../../electron/shared/codec/index.ts';
import { fail, ok, type Result } from '../../../../electron/shared/result/index.ts';
import { TAG_PRODUCTION_DATA } from './get-data.ts';

/** CPLC: who made chip and card and when. Hex, as the makers' lists print it; dates are YDDD in BCD. */
export interface ProductionData {
  readonly icFabricator: string;
  readonly icType: string;
  readonly operatingSystem: string;
  readonly operatingSystemDate: string;
  readonly operatingSystemLevel: string;
  readonly icDate: string;
  readonly icSerial: string;
  readonly icBatch: string;
  /** Fabricator, type, batch and serial together: 10 bytes that no other card has. */
  readonly cardId: string;
}

/** 9F7F { 42 bytes } (Visa GlobalPlatform card specification; every card's makers keep to it). Fault: card-bad-answer. */
export const parseProductionData = (data: Uint8Array): Result<ProductionData> => {
  // Some cards leave the tag away.
  const value = data.length === length ? data : valueOf(data);
  if (value?.length !== length) return fail('card-bad-answer', { what: 'production-data' });
  const field = (at: number, size = 2) => toHex(value.subarray(at, at + size));
  return ok({
    icFabricator: field(0),
    icType: field(2),
    operatingSystem: field(4),
    operatingSystemDate: field(6),
    operatingSystemLevel: field(8),
    icDate: field(10),
    icSerial: field(12, 4),
    icBatch: field(16),
    cardId: field(0) + field(2) + field(16) + field(12, 4),
  });
};

const length = 42;

const valueOf = (data: Uint8Array): Uint8Array | undefined => {
  const value = unwrapTlv(data, TAG_PRODUCTION_DATA);
  return value.ok ? value.value : undefined;
};
