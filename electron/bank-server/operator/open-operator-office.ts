import type { Bank } from '../bank.ts';
import { LOOPBACK } from '../http/listen.ts';
import type { ServerTls } from '../http/open-server.ts';
import { partnerIdentity, trustedPem } from '../own-certificates.ts';
import { equipTrainingOperator } from '../training/equip-training-operator.ts';
import { admitOfficer, admitOperator } from './admit-operator.ts';
import { openDeskOf, openOperatorRoom } from './open-operator-room.ts';
import type { OperatorDesk } from './operator-desk.ts';

export interface OperatorOffice {
  readonly desk: OperatorDesk;
  /** What operators send registrations and transactions to. */
  readonly gatewayOrigin: string;
  /** Where employees enter seeds. */
  readonly seedOrigin: string;
  close(): Promise<void>;
}

/**
 * The operators' room of a training bank. Agreement and the training operator's own keys are left in `folder`;
 * a later start finds the same ports, keys and certificates there.
 */
export const openOperatorOffice = async (
  bank: Bank,
  { folder, tls }: { readonly folder: string; readonly tls: ServerTls },
): Promise<OperatorOffice> => {
  const ca = trustedPem(bank);
  const names = { ipAddresses: [LOOPBACK] };
  const identity = await partnerIdentity(bank, folder, 'bank-link', names);
  const operatorLink = await partnerIdentity(bank, folder, 'operator', names);
  const equipped = await equipTrainingOperator(bank.identity, folder, { ca, clientSha256: identity.sha256 });
  const { agreement, officers, gatewayPort, seedPort } = equipped;
  const desk = openDeskOf(bank, identity, []);
  const admitted = await admitOperator(desk, { ...agreement, certificateSha256: operatorLink.sha256 });
  if (!admitted.ok) throw new Error(`the operator could not be admitted: ${admitted.fault.code}`);
  for (const { officerId, publicKey } of officers) await admitOfficer(desk, officerId, publicKey);

  const room = await openOperatorRoom(bank, desk, {
    identity,
    gateway: { host: LOOPBACK, port: gatewayPort },
    seeds: { host: LOOPBACK, port: seedPort },
    tls,
  });
  return {
    desk,
    gatewayOrigin: `https://${LOOPBACK}:${room.gatewayPort}`,
    seedOrigin: `https://${LOOPBACK}:${room.seedPort}`,
    close: () => room.close(),
  };
};
