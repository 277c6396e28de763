import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { FastifyInstance } from 'fastify';
import { atRest } from '../shared/codec/operator-keys/index.ts';
import { fail, ok, type Result } from '../shared/result/index.ts';
import { openBankChannel } from './bank-channel/open-bank-channel.ts';
import { httpsBankLink, type BankLink } from './bank-link/bank-link.ts';
import { forgetWhatIsOver } from './keys/forget-what-is-over.ts';
import { nodePrimitives } from './keys/primitives.ts';
import { readPem, secretFile } from './keys/secret-file.ts';
import { platformLog } from './log.ts';
import { platformSettings, type Operator, type PartnerBank, type PlatformSettings } from './operator.ts';
import type { OperatorOptions } from './operator-options.ts';
import { openPhoneServer } from './phone/open-phone-server.ts';
import { openFonts } from '../web-fonts/web-fonts.ts';
import { admitSubscribers } from './registration/admit-subscribers.ts';
import { openStore } from './store/open-store.ts';

export interface OperatorPlatform {
  readonly operatorId: string;
  /** What phones open. */
  readonly phoneOrigin: string;
  /** What banks send key messages to. */
  readonly bankChannelOrigin: string;
  /** Answers what is under way, then closes everything. */
  stop(): Promise<void>;
}

/** What tests put in the place of the real things. */
export interface OperatorParts {
  readonly clock?: () => Date;
  readonly link?: BankLink;
  readonly settings?: Partial<PlatformSettings>;
}

/** Opens the operator platform in this process. Faults: bank-setup-invalid, bank-port-taken, database-…. */
export const startOperatorPlatform = async (
  options: OperatorOptions,
  parts: OperatorParts = {},
): Promise<Result<OperatorPlatform>> => {
  const key = readPem(options.identity.keyFile);
  if (!key.ok) return key;
  const certificate = readPem(options.identity.certificateFile);
  if (!certificate.ok) return certificate;
  const identity = { key: key.value, certificate: certificate.value };
  const banks = readBanks(options);
  if (!banks.ok) return banks;
  mkdirSync(options.dataFolder, { recursive: true, mode: 0o700 });
  const restKey = secretFile(join(options.dataFolder, 'at-rest.key'), true);
  if (!restKey.ok) return restKey;
  const opened = await openStore(join(options.dataFolder, 'operator.sqlite'));
  if (!opened.ok) return opened;

  const primitives = nodePrimitives();
  const operator: Operator = {
    operatorId: options.operatorId,
    name: options.name,
    nameLatin: options.nameLatin,
    db: opened.value,
    primitives,
    atRest: atRest(primitives, restKey.value),
    banks: banks.value,
    link: parts.link ?? httpsBankLink(identity, 15_000),
    clock: parts.clock ?? (() => new Date()),
    log: platformLog(options.logLevel ?? 'info'),
    settings: { ...platformSettings, ...parts.settings },
  };
  await admitSubscribers(
    operator,
    options.subscribers.map((each) => ({
      imsi: each.imsi,
      phone_number: each.phoneNumber,
      label: each.label,
      label_latin: each.labelLatin,
    })),
  );
  return listen(
    operator,
    options,
    openPhoneServer(operator, identity, await openFonts()),
    openBankChannel(operator, identity),
  );
};

const listen = async (
  operator: Operator,
  options: OperatorOptions,
  phone: FastifyInstance,
  bankChannel: FastifyInstance,
): Promise<Result<OperatorPlatform>> => {
  const closeAll = async (): Promise<void> => {
    await Promise.all([phone.close(), bankChannel.close()]);
    await operator.db.destroy();
  };
  for (const [server, port] of [
    [phone, options.phonePort ?? 0],
    [bankChannel, options.bankPort ?? 0],
  ] as const) {
    try {
      await server.listen({ host: loopback, port });
    } catch {
      await closeAll();
      return fail('bank-port-taken', { port });
    }
  }
  const timer = setInterval(() => {
    forgetWhatIsOver(operator).catch((error: unknown) => {
      operator.log.error({ error: error instanceof Error ? error.name : 'unknown' }, 'not forgotten');
    });
  }, 60_000);
  timer.unref();
  const platform: OperatorPlatform = {
    operatorId: operator.operatorId,
    phoneOrigin: originOf(phone),
    bankChannelOrigin: originOf(bankChannel),
    async stop() {
      clearInterval(timer);
      await closeAll();
      operator.log.info('closed');
    },
  };
  operator.log.info({ phone: platform.phoneOrigin, bankChannel: platform.bankChannelOrigin }, 'open');
  return ok(platform);
};

/** A platform for training is reachable from this machine only. */
const loopback = '127.0.0.1';

const originOf = (server: FastifyInstance): string => {
  const { port } = server.server.address() as AddressInfo; // it listens on TCP
  return `https://${loopback}:${port}`;
};

const readBanks = (options: OperatorOptions): Result<ReadonlyMap<string, PartnerBank>> => {
  const banks = new Map<string, PartnerBank>();
  for (const each of options.banks) {
    const staticKey = secretFile(each.staticKeyFile, false);
    if (!staticKey.ok) return staticKey;
    const trusted = readPem(each.trustFile);
    if (!trusted.ok) return trusted;
    const { bankId, name, nameLatin, form, origin, clientSha256 } = each;
    banks.set(bankId, {
      bankId,
      name,
      nameLatin,
      form,
      origin,
      clientSha256,
      staticKey: staticKey.value,
      trusted: trusted.value,
    });
  }
  return ok(banks);
};
