import type { AddressInfo } from 'node:net';
import type { Bank } from '../bank.ts';
import type { ServerTls } from '../http/open-server.ts';
import { pem, type PartnerIdentity } from '../own-certificates.ts';
import { httpsOperatorChannel } from './https-operator-channel.ts';
import { openOperatorDesk } from './open-operator-desk.ts';
import { openOperatorGateway } from './open-operator-gateway.ts';
import type { OperatorDesk } from './operator-desk.ts';
import { openSeedServer } from './seeds/open-seed-server.ts';
import { keepOperatorsSupplied } from './supply-operators.ts';

export interface RoomOptions {
  /** By which operators know the bank, as server and as client. */
  readonly identity: PartnerIdentity;
  readonly gateway: { readonly host: string; readonly port: number };
  readonly seeds: { readonly host: string; readonly port: number };
  /** Of the seed page. */
  readonly tls: ServerTls;
}

/** The operators' room, open: gateway, seed page, and the rounds that bring keys to the operators. */
export interface OperatorRoom {
  readonly desk: OperatorDesk;
  readonly gatewayPort: number;
  readonly seedPort: number;
  close(): Promise<void>;
}

/** Makes the desk, which needs no port: agreements are written down at it. */
export const openDeskOf = (
  bank: Bank,
  identity: PartnerIdentity,
  operatorAuthorities: readonly string[],
): OperatorDesk => {
  // An operator's certificate is from this bank's CA or its own: the agreement names it either way.
  const trusted = [...bank.authority.trusted.map(pem), ...operatorAuthorities];
  return openOperatorDesk(bank, httpsOperatorChannel({ ...identity, trusted, timeoutMs: 10_000 }));
};

/** @throws when a port is taken */
export const openOperatorRoom = async (
  bank: Bank,
  desk: OperatorDesk,
  { identity, gateway, seeds, tls }: RoomOptions,
): Promise<OperatorRoom> => {
  const opened = await openOperatorGateway(desk, {
    key: identity.key,
    certificate: identity.certificate,
    ...gateway,
  });
  const seedServer = await openSeedServer(bank, desk, tls);
  try {
    await seedServer.listen(seeds);
  } catch (error) {
    await opened.close();
    throw error;
  }
  const stopSupplying = keepOperatorsSupplied(desk);
  return {
    desk,
    gatewayPort: Number(new URL(opened.origin).port),
    seedPort: (seedServer.server.address() as AddressInfo).port, // it listens on TCP
    async close() {
      await stopSupplying();
      await Promise.all([opened.close(), seedServer.close()]);
    },
  };
};
