import { describe, expect, it } from 'vitest';
import { concatBytes, encodeTlv } from '../../../electron/shared/codec/index.ts';
import { faultCodes, type Result } from '../../../electron/shared/result/index.ts';
import { parseCapFile } from '../../../native/applications/globalplatform/cap/cap-file.ts';
import { readZip } from '../../../native/applications/globalplatform/cap/zip.ts';
import { parseProductionData } from '../../../native/applications/globalplatform/card/production-data.ts';
import { parseRecognitionData } from '../../../native/applications/globalplatform/card/recognition-data.ts';
import { parseInitializeUpdate } from '../../../electron/shared/secure-channel/initialize-update.ts';
import { parseKeyInformation } from '../../../native/applications/globalplatform/channel/index.ts';
import {
  parseApplicationEntries,
  parseDomainEntries,
  parsePackageEntries,
} from '../../../native/applications/globalplatform/content/get-status.ts';
import { parseFileControl, parseSimFileControl } from '../../../native/applications/uicc/file-control.ts';
import { parseCardText } from '../../../native/applications/uicc/files/card-text.ts';
import { parseIccid } from '../../../native/applications/uicc/files/iccid.ts';
import { parseImsi } from '../../../native/applications/uicc/files/imsi.ts';
import { parseServiceProvider } from '../../../native/applications/uicc/files/service-provider.ts';
import { parseSubscriberNumber } from '../../../native/applications/uicc/files/subscriber-number.ts';
import { virtualBankCard } from '../../../native/virtual/index.ts';
import { capArchive } from '../../../electron/bank-server/training/cap-archive.ts';

/** mulberry32: the same bytes on every machine. */
const bytesFrom = (seed: number) => {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  return {
    below: (limit: number) => next() % limit,
    bytes: (length: number) => Uint8Array.from({ length }, () => next() & 0xff),
  };
};

const parsers: Readonly<Record<string, (bytes: Uint8Array) => Result<unknown>>> = {
  parseInitializeUpdate,
  parseKeyInformation,
  parseProductionData,
  parseRecognitionData,
  parseDomainEntries,
  parseApplicationEntries,
  parsePackageEntries,
  parseFileControl,
  parseSimFileControl,
  parseIccid,
  parseImsi,
  parseServiceProvider,
  parseSubscriberNumber,
  readZip,
  parseCapFile,
};

/** Bytes that look enough like the real thing to get past the first check. */
const shaped = (random: ReturnType<typeof bytesFrom>): Uint8Array => {
  const tags = [0xe3, 0xe0, 0xc0, 0x4f, 0x9f70, 0xc5, 0x66, 0x73, 0x64, 0x06, 0x62, 0x82, 0xc6, 0x90, 0x83];
  const nested = (depth: number): Uint8Array =>
    encodeTlv(
      tags[random.below(tags.length)] ?? 0xe3,
      depth === 0 ? random.bytes(random.below(12)) : concatBytes(nested(depth - 1), nested(depth - 1)),
    );
  const bytes = nested(random.below(4));
  for (let flips = random.below(3); flips > 0; flips--)
    bytes[random.below(bytes.length)]! ^= 1 << random.below(8);
  return bytes;
};

describe.each(Object.entries(parsers))('%s', (_, parse) => {
  it('gives a value or a known fault for any bytes, and never throws', () => {
    const random = bytesFrom(20240607);
    for (let round = 0; round < 1_500; round++) {
      const bytes = round % 2 === 0 ? random.bytes(random.below(80)) : shaped(random);
      const result = parse(bytes);
      if (!result.ok) expect(faultCodes).toContain(result.fault.code);
    }
  });
});

describe('a CAP file with damage in several places', () => {
  it('never throws', () => {
    const random = bytesFrom(7);
    const archive = capArchive();
    for (let round = 0; round < 600; round++) {
      const damaged = Uint8Array.from(archive);
      for (let flips = 1 + random.below(4); flips > 0; flips--)
        damaged[random.below(damaged.length)] = random.below(256);
      const result = parseCapFile(damaged.subarray(0, damaged.length - random.below(30) * random.below(2)));
      if (!result.ok) expect(['applet-damaged', 'card-unsupported']).toContain(result.fault.code);
    }
  });
});

describe('text of a SIM', () => {
  it('is well-formed for any bytes', () => {
    const random = bytesFrom(11);
    for (let round = 0; round < 3_000; round++) {
      const bytes = random.bytes(1 + random.below(20));
      if (round % 2 === 0) bytes[0] = 0x80 + random.below(3);
      expect(parseCardText(bytes)?.isWellFormed() ?? true).toBe(true);
    }
  });
});

describe('a virtual bank card', () => {
  it('answers any bytes with a status word', () => {
    const random = bytesFrom(5);
    const card = virtualBankCard();
    const selects = ['a000000151000000', 'a000000308', 'a0000005272101'];
    const instructions = [
      0xa4, 0x50, 0x82, 0xca, 0xd8, 0xe2, 0xe4, 0xe6, 0xe8, 0xf0, 0xf2, 0x01, 0xa2, 0xa3, 0xb0,
    ];
    for (let round = 0; round < 3_000; round++) {
      if (round % 50 === 0) {
        card.powerCycle();
        const aid = Buffer.from(selects[random.below(selects.length)] ?? '', 'hex');
        card.transmit(new Uint8Array([0, 0xa4, 4, 0, aid.length, ...aid]));
      }
      const data = random.bytes(random.below(40));
      const command = new Uint8Array([
        [0x00, 0x80, 0x84, 0x04, 0xa0][random.below(5)] ?? 0,
        instructions[random.below(instructions.length)] ?? 0,
        random.below(4) === 0 ? random.below(256) : 0,
        random.below(4) === 0 ? random.below(256) : 0,
        data.length,
        ...data,
      ]);
      const answer = card.transmit(random.below(10) === 0 ? random.bytes(random.below(9)) : command);
      expect(answer.length).toBeGreaterThanOrEqual(2);
    }
  });
});
