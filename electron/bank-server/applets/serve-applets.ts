import type { BankApi, RouteReply } from '../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { toBase64 } from '../../shared/codec/index.ts';
import type { Bank } from '../bank.ts';

type Find = BankApi['findAppletPackages'];
type ReadFile = BankApi['readAppletFile'];

export const findAppletPackages = async ({ applets }: Bank): Promise<Result<RouteReply<Find>>> => {
  const read = await applets.read();
  return read.ok ? ok({ packages: read.value.map((each) => each.package) }) : read;
};

/** By its hash, so that a run that began with one file ends with no other. Fault: applet-unknown. */
export const readAppletFile = async (
  { applets }: Bank,
  sha256: string,
): Promise<Result<RouteReply<ReadFile>>> => {
  const read = await applets.read();
  if (!read.ok) return read;
  const found = read.value.find((each) => each.package.sha256 === sha256);
  return found ? ok({ capFile: toBase64(found.capFile) }) : fail('applet-unknown');
};
