import type { Bank } from '../bank.ts';
import { LOOPBACK } from '../http/listen.ts';
import type { ServerTls } from '../http/open-server.ts';
import { partnerIdentity, pem } from '../own-certificates.ts';
import { equipTrainingOperator } from '../training/equip-training-operator.ts';
import { admitOfficer, admitOperator } from './admit-operator.ts';
import { httpsOperatorChannel } from './https-operator-channel.ts';
import { openOperatorDesk } from './open-operator-desk.ts';
import { openOperatorGateway } from './open-operator-gateway.ts';
import type { OperatorDesk } from './operator-desk.ts';
import { openSeedServer } from './seeds/open-seed-server.ts';
import { keepOperatorsSupplied } from './supply-operators.ts';

export interface OperatorOffice {
  readonly desk: OperatorDesk;
  /** What operators send registrations and transactions to. */
  readonly gatewayOrigin: string;
  /** Where employees enter seeds. */
  readonly seedOrigin: string;
  close(): Promise<void>;
}

/**
 * The operators' room of a training bank, open: gateway, seed page, and the rounds that bring keys to the
 * operator. Agreement and the training operator's own keys are left in `folder`; a later start finds the same
 * ports, keys and certificates there.
 */
export const openOperatorOffice = async (
  bank: Bank,
  { folder, tls }: { readonly folder: string; readonly tls: ServerTls },
): Promise<OperatorOffice> => {
  const ca = pem(bank.authority.caCertificate);
  const own = await partnerIdentity(bank, folder, 'bank-link', [LOOPBACK]);
  const operatorLink = await partnerIdentity(bank, folder, 'operator', [LOOPBACK]);
  const equipped = await equipTrainingOperator(bank.identity, folder, { ca, clientSha256: own.sha256 });
  const { agreement, officers, gatewayPort, seedPort } = equipped;
  const channel = httpsOperatorChannel({ ...own, trusted: [ca], timeoutMs: 10_000 });
  const desk = openOperatorDesk(bank, channel);
  const admitted = await admitOperator(desk, { ...agreement, certificateSha256: operatorLink.sha256 });
  if (!admitted.ok) throw new Error(`the operator could not be admitted: ${admitted.fault.code}`);
  for (const { officerId, publicKey } of officers) await admitOfficer(desk, officerId, publicKey);

  const gateway = await openOperatorGateway(desk, {
    key: own.key,
    certificate: own.certificate,
    host: LOOPBACK,
    port: gatewayPort,
  });
  const seeds = await openSeedServer(bank, desk, tls);
  await seeds.listen({ host: LOOPBACK, port: seedPort });
  const stopSupplying = keepOperatorsSupplied(desk);
  return {
    desk,
    gatewayOrigin: gateway.origin,
    seedOrigin: `https://${LOOPBACK}:${seedPort}`,
    async close() {
      await stopSupplying();
      await Promise.all([gateway.close(), seeds.close()]);
    },
  };
};
