import { Server } from 'node:tls';
import type { FastifyInstance } from 'fastify';
import type { Bank } from '../bank.ts';
import { trustedPem } from '../own-certificates.ts';
import { secureContextOf, type ServerTls } from './open-server.ts';

const EVERY_MS = 5_000;

/**
 * Servers that ask for client certificates come to accept those of a new issuing key while they run, whichever
 * process or command made it. Returns how to stop looking.
 */
export const followIssuingKeys = (
  bank: Bank,
  servers: readonly { readonly server: FastifyInstance; readonly tls: ServerTls }[],
): (() => void) => {
  const { issuingKeys } = bank.authority;
  issuingKeys.onChange(() => {
    const clientCa = trustedPem(bank);
    for (const { server, tls } of servers)
      if (server.server instanceof Server)
        server.server.setSecureContext(secureContextOf({ ...tls, clientCa }));
    bank.log.info({ keys: issuingKeys.all().map(({ keyId, state }) => [keyId, state]) }, 'issuing keys');
  });
  const timer = setInterval(() => {
    // A database that does not answer is the readiness check's business.
    issuingKeys.refresh(bank.store.db).catch(() => {});
  }, EVERY_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
};
