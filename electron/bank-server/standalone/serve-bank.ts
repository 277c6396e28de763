import { isIP, type AddressInfo } from 'node:net';
import type { FastifyInstance } from 'fastify';
import type { Logger } from 'pino';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import { openPublicationServer } from '../authority/open-publication-server.ts';
import { openEnrolmentServer } from '../est/open-enrolment-server.ts';
import { followIssuingKeys } from '../http/follow-issuing-keys.ts';
import type { Bank } from '../bank.ts';
import { openPartner } from '../http/open-partner.ts';
import type { ServerTls } from '../http/open-server.ts';
import { keepHouse } from '../keep-house.ts';
import { openDeskOf, openOperatorRoom } from '../operator/open-operator-room.ts';
import { fileDestination, httpDestination } from '../outbox/destinations.ts';
import { keepDispatching } from '../outbox/dispatch-notifications.ts';
import { linkOf, trustedOperators } from './deal-with-operators.ts';
import { openApiServer } from '../http/open-api-server.ts';
import { bringAccountsIntoLedger } from '../open-books.ts';
import { serverTls, trustedPem } from '../own-certificates.ts';
import { openOnlineServer } from '../online/open-online-server.ts';
import { openPortalServer } from '../portal/open-portal-server.ts';
import { openBank } from './open-bank.ts';
import { openOperationsServer, operationsOf } from './operations-server.ts';
import type { Address, StandaloneOptions } from './standalone-options.ts';

export interface ServingBank {
  readonly bankId: string;
  /** Where each server listens; only those that were asked for. */
  readonly ports: {
    readonly api: number;
    readonly portal: number;
    readonly operations: number;
    readonly enrolment: number | undefined;
    readonly online: number | undefined;
    readonly publication: number | undefined;
    readonly operatorGateway?: number;
    readonly operatorSeeds?: number;
  };
  /** Says "not ready", answers what is under way, then closes everything. */
  stop(): Promise<void>;
  /** Of several processes: another takes the place of each, one after the other; what was under way is answered. */
  renew?(): Promise<void>;
}

/** One of several processes that serve the same bank; everything they share is in the database. */
export const serveBank = async (options: StandaloneOptions, log: Logger): Promise<Result<ServingBank>> => {
  const opened = await openBank(options, log);
  if (!opened.ok) return opened;
  const { bank, close } = opened.value;
  const closers: (() => unknown)[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(closers.map((each) => each()));
    await close();
  };
  const refuse = async <T>(refused: Result<T>): Promise<Result<T>> => {
    await stop();
    return refused;
  };
  // Where set-up was cut off just before its end.
  const booked = await bringAccountsIntoLedger(bank);
  if (!booked.ok) return refuse(booked);
  const tls = await serverTls(
    bank,
    options.hostNames.filter((name) => isIP(name) === 0),
    options.hostNames.filter((name) => isIP(name) !== 0),
  );

  const operations = openOperationsServer(operationsOf(bank));
  closers.push(operations.drain);
  const serve = async (
    server: string,
    open: () => Promise<FastifyInstance>,
    address: Address | undefined,
  ): Promise<Result<number | undefined>> => {
    if (address === undefined) return ok(undefined);
    const instance = await open();
    closers.push(() => instance.close());
    const port = await listen(instance, address);
    return port === undefined ? fail('bank-port-taken', { server, port: address.port }) : ok(port);
  };
  const clientCa = trustedPem(bank);
  const askForCertificates: { server: FastifyInstance; tls: ServerTls }[] = [];
  const api = await serve(
    'api',
    async () => {
      const server = await openApiServer(bank, { ...tls, clientCa });
      askForCertificates.push({ server, tls });
      return server;
    },
    options.api,
  );
  if (!api.ok) return refuse(api);
  const portal = await serve('portal', () => openPortalServer(bank, tls), options.portal);
  if (!portal.ok) return refuse(portal);
  const enrolment = await serve(
    'enrolment',
    async () => {
      const { minVersion } = options.enrolmentSettings;
      const server = await openEnrolmentServer(bank, { ...tls, clientCa }, options.enrolmentSettings);
      askForCertificates.push({ server, tls: { ...tls, minVersion } });
      return server;
    },
    options.enrolment,
  );
  if (!enrolment.ok) return refuse(enrolment);
  const online = await serve(
    'online',
    () => openOnlineServer(bank, tls, options.cardAlgorithm),
    options.online,
  );
  if (!online.ok) return refuse(online);
  const publication = await serve('publication', () => openPublicationServer(bank), options.publication);
  if (!publication.ok) return refuse(publication);
  closers.push(followIssuingKeys(bank, askForCertificates));
  const operators = await serveOperators(bank, options, tls, closers);
  if (!operators.ok) return refuse(operators);
  const operationsPort = await operations.listen(options.operations);
  if (operationsPort === undefined)
    return refuse(fail('bank-port-taken', { server: 'operations', port: options.operations.port }));

  const stopRounds = beginRounds(bank, options);
  const ports = {
    api: api.value ?? 0,
    portal: portal.value ?? 0,
    operations: operationsPort,
    enrolment: enrolment.value,
    online: online.value,
    publication: publication.value,
    ...operators.value,
  };
  log.info({ ...ports, bank: bank.identity.bankId }, 'open');
  return ok({
    bankId: bank.identity.bankId,
    ports,
    async stop() {
      // Watched until the last answer is out.
      closers.push(operations.close);
      await stopRounds();
      await stop();
    },
  });
};

const serveOperators = async (
  bank: Bank,
  { operators, dataFolder }: StandaloneOptions,
  tls: ServerTls,
  closers: (() => unknown)[],
): Promise<Result<{ operatorGateway?: number; operatorSeeds?: number }>> => {
  if (operators === undefined) return ok({});
  const identity = linkOf(dataFolder);
  if (!identity.ok) return identity;
  const desk = openDeskOf(bank, identity.value, trustedOperators(dataFolder));
  try {
    const room = await openOperatorRoom(bank, desk, { identity: identity.value, ...operators, tls });
    closers.push(() => room.close());
    return ok({ operatorGateway: room.gatewayPort, operatorSeeds: room.seedPort });
  } catch {
    return fail('bank-port-taken', { server: 'operator-gateway', port: operators.gateway.port });
  }
};

/** What goes on by itself while the process serves. Hands out what ends it. */
const beginRounds = (bank: Bank, { notify }: StandaloneOptions): (() => Promise<void>) => {
  const stops = [keepHouse(bank)];
  if (notify !== undefined) {
    const partner = 'file' in notify ? undefined : openPartner({ ...notify, timeoutMs: NOTIFY_TIMEOUT_MS });
    const destination =
      'file' in notify
        ? fileDestination(notify.file, bank.identity)
        : partner && httpDestination(partner, bank.identity);
    if (destination !== undefined) stops.push(keepDispatching(bank, destination));
    stops.push(async () => partner?.close());
  }
  return async () => {
    for (const each of stops) await each();
  };
};

const NOTIFY_TIMEOUT_MS = 10_000;

const listen = async (server: FastifyInstance, address: Address): Promise<number | undefined> => {
  try {
    await server.listen(address);
    return portOf(server.server.address());
  } catch {
    return undefined;
  }
};

const portOf = (address: AddressInfo | string | null): number | undefined =>
  typeof address === 'object' && address !== null ? address.port : undefined;
