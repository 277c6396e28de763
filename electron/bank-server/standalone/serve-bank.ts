import type { Server } from 'node:http';
import { isIP, type AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { openEnrolmentServer } from '../est/open-enrolment-server.ts';
import { openApiServer } from '../http/open-api-server.ts';
import { bringAccountsIntoLedger } from '../open-books.ts';
import { pem, serverTls } from '../own-certificates.ts';
import { openOnlineServer } from '../online/open-online-server.ts';
import { openPortalServer } from '../portal/open-portal-server.ts';
import { openBank } from './open-bank.ts';
import { openOperationsServer } from './operations-server.ts';
import type { Address, StandaloneOptions } from './standalone-options.ts';

export interface ServingBank {
  readonly bankId: string;
  readonly apiPort: number;
  readonly portalPort: number;
  readonly operationsPort: number;
  readonly enrolmentPort?: number;
  readonly onlinePort?: number;
  /** Says "not ready", answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** One of several processes that serve the same bank; everything they share is in the database. */
export const serveBank = async (options: StandaloneOptions, log: Logger): Promise<Result<ServingBank>> => {
  const opened = await openBank(options, log);
  if (!opened.ok) return opened;
  const { bank, close } = opened.value;
  // Where set-up was cut off just before its end.
  const booked = await bringAccountsIntoLedger(bank);
  if (!booked.ok) {
    await close();
    return booked;
  }
  const tls = await serverTls(
    bank,
    options.hostNames.filter((name) => isIP(name) === 0),
    options.hostNames.filter((name) => isIP(name) !== 0),
  );
  const operations = openOperationsServer(bank);
  const clientCa = pem(bank.authority.caCertificate);
  const api = await openApiServer(bank, { ...tls, clientCa });
  const portal = await openPortalServer(bank, tls);
  const enrolment = options.enrolment && {
    address: options.enrolment,
    server: await openEnrolmentServer(bank, { ...tls, clientCa }, options.enrolmentSettings),
  };
  const online = options.online && {
    address: options.online,
    server: await openOnlineServer(bank, tls, options.cardAlgorithm),
  };
  const stop = async (): Promise<void> => {
    operations.drain();
    await Promise.all([api.close(), portal.close(), enrolment?.server.close(), online?.server.close()]);
    operations.server.close();
    await close();
  };
  const apiPort = await listen(api, options.api);
  const portalPort = await listen(portal, options.portal);
  const operationsPort = await listenPlain(operations.server, options.operations);
  const enrolmentPort = enrolment && (await listen(enrolment.server, enrolment.address));
  const onlinePort = online && (await listen(online.server, online.address));
  const taken = apiPort === undefined ? 'api' : portalPort === undefined ? 'portal' : 'operations';
  if (apiPort === undefined || portalPort === undefined || operationsPort === undefined) {
    await stop();
    return fail('bank-port-taken', { server: taken, port: options[taken].port });
  }
  if (enrolment !== undefined && enrolmentPort === undefined) {
    await stop();
    return fail('bank-port-taken', { server: 'enrolment', port: enrolment.address.port });
  }
  if (online !== undefined && onlinePort === undefined) {
    await stop();
    return fail('bank-port-taken', { server: 'online', port: online.address.port });
  }
  const { bankId } = bank.identity;
  log.info({ api: apiPort, portal: portalPort, operations: operationsPort, bank: bankId }, 'open');
  return ok({
    bankId,
    apiPort,
    portalPort,
    operationsPort,
    ...(enrolmentPort !== undefined && { enrolmentPort }),
    ...(onlinePort !== undefined && { onlinePort }),
    stop,
  });
};

const listen = async (server: FastifyInstance, address: Address): Promise<number | undefined> => {
  try {
    await server.listen(address);
    return portOf(server.server.address());
  } catch {
    return undefined;
  }
};

const listenPlain = (server: Server, { host, port }: Address): Promise<number | undefined> =>
  new Promise((resolve) => {
    server.once('error', () => {
      resolve(undefined);
    });
    server.listen({ host, port }, () => {
      resolve(portOf(server.address()));
    });
  });

const portOf = (address: AddressInfo | string | null): number | undefined =>
  typeof address === 'object' && address !== null ? address.port : undefined;
