import { findTlv, parseTlvs, toHex } from '../../../../electron/shared/codec/index.ts';
import type { LoadedPackage } from './domain-state.ts';

/** The signatures (E2: 4F domain, C3 signature) in front of the code, by the domain's AID. */
export const loadFileSignatures = (file: Uint8Array): ReadonlyMap<string, Uint8Array> => {
  const objects = parseTlvs(file);
  const found = new Map<string, Uint8Array>();
  for (const { tag, value } of objects.ok ? objects.value : []) {
    const inside = tag === 0xe2 ? parseTlvs(value) : undefined;
    if (inside?.ok !== true) continue;
    const [domain, signature] = [0x4f, 0xc3].map((wanted) => findTlv(inside.value, wanted));
    if (domain !== undefined && signature !== undefined) found.set(toHex(domain), signature);
  }
  return found;
};

/**
 * What a card makes of a load file: E2 signatures in front, then C4 { components } of a Java Card
 * package. `undefined` when it is not the announced package or not one at all.
 */
export const loadedPackage = (
  file: Uint8Array,
  packageAid: string,
): { readonly entry: LoadedPackage; readonly code: Uint8Array } | undefined => {
  const objects = parseTlvs(file);
  if (!objects.ok || objects.value.some(({ tag }) => tag !== 0xe2 && tag !== 0xc4)) return undefined;
  const code = objects.value.at(-1);
  if (code?.tag !== 0xc4) return undefined;
  const components = new Map<number, Uint8Array>();
  let before = 0;
  for (let at = 0; at < code.value.length;) {
    const [tag = 0, high = 0, low = 0] = code.value.subarray(at);
    const end = at + 3 + high * 256 + low;
    const place = order.indexOf(tag);
    if (end > code.value.length || place < before) return undefined;
    before = place;
    components.set(tag, code.value.subarray(at + 3, end));
    at = end;
  }
  const header = components.get(1) ?? new Uint8Array(0);
  const aidLength = header[9] ?? 0;
  if (toHex(header.subarray(0, 4)) !== 'decaffed') return undefined;
  if (toHex(header.subarray(10, 10 + aidLength)) !== packageAid) return undefined;
  return {
    code: code.value,
    entry: {
      aid: packageAid,
      // major, minor; the header has them the other way round
      version: toHex(new Uint8Array([header[8] ?? 0, header[7] ?? 0])),
      modules: modulesOf(components.get(3) ?? new Uint8Array(1)),
      length: file.length,
    },
  };
};

/** Header, directory, import, applet, class, method, static field, export, constant pool, references, descriptor. */
const order = [1, 2, 4, 3, 6, 7, 8, 10, 5, 9, 11];

const modulesOf = (applets: Uint8Array): string[] => {
  const modules: string[] = [];
  let at = 1;
  for (let left = applets[0] ?? 0; left > 0; left--) {
    const length = applets[at] ?? 0;
    modules.push(toHex(applets.subarray(at + 1, at + 1 + length)));
    at += 1 + length + 2;
  }
  return modules;
};
