import {
  createCipheriv,
  generateKeyPairSync,
  pbkdf2Sync,
  randomBytes,
  createPublicKey,
  type KeyObject,
} from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BankIdentity } from '../bank.ts';
import { writeDurably } from '../ca/write-durably.ts';
import { LOOPBACK, reserveFreePort } from '../http/listen.ts';
import type { OperatorAgreement } from '../operator/admit-operator.ts';
import { trainingCustomers } from './training-customers.ts';

/*
 * A mobile operator to play with. What two companies would agree on paper and carry to each other stands in a
 * folder here: ports, static key, certificates, and the cards of the two employees who enter seeds.
 */

/** Opens the training employees' card files, as a trainee is told. */
export const trainingOfficerPin = '808404';

const ports = z.object({
  gateway: z.number().int(),
  seeds: z.number().int(),
  phone: z.number().int(),
  keys: z.number().int(),
});

export interface EquippedOperator {
  readonly agreement: Omit<OperatorAgreement, 'certificateSha256'>;
  readonly officers: readonly { readonly officerId: string; readonly publicKey: string }[];
  readonly gatewayPort: number;
  readonly seedPort: number;
}

/** Writes `operator-options.json`, what the operator platform starts with, and everything it names. */
export const equipTrainingOperator = async (
  { bankId, bankName, bankNameLatin }: BankIdentity,
  folder: string,
  { ca, clientSha256 }: { readonly ca: string; readonly clientSha256: string },
): Promise<EquippedOperator> => {
  mkdirSync(join(folder, 'employees'), { recursive: true, mode: 0o700 });
  const file = (name: string) => join(folder, name);
  const chosen = await portsIn(file('ports.json'));
  const staticKeyFile = file('static-key');
  if (!existsSync(staticKeyFile)) writeDurably(staticKeyFile, randomBytes(32).toString('hex'), 0o600);
  writeDurably(file('bank-ca.pem'), ca, 0o600);
  const form = 'asymmetric';
  const options = {
    dataFolder: file('platform'),
    operatorId: 'farsail-training',
    name: '远帆移动',
    nameLatin: 'Farsail Mobile',
    training: true,
    phonePort: chosen.phone,
    bankPort: chosen.keys,
    identity: { keyFile: file('operator.key.pem'), certificateFile: file('operator.cert.pem') },
    banks: [
      {
        bankId,
        name: bankName,
        nameLatin: bankNameLatin,
        form,
        origin: `https://${LOOPBACK}:${chosen.gateway}`,
        staticKeyFile,
        trustFile: file('bank-ca.pem'),
        clientSha256,
      },
    ],
    subscribers: trainingSubscribers,
  };
  writeDurably(file('operator-options.json'), JSON.stringify(options, null, 2), 0o600);
  return {
    agreement: {
      operatorId: options.operatorId,
      name: options.name,
      form,
      staticKey: Buffer.from(readFileSync(staticKeyFile, 'utf8').trim(), 'hex'),
      keyChannel: `https://${LOOPBACK}:${chosen.keys}`,
    },
    officers: ['E-2001', 'E-2002'].map((officerId) => ({
      officerId,
      publicKey: officerCard(file(`employees/${officerId}.json`), officerId),
    })),
    gatewayPort: chosen.gateway,
    seedPort: chosen.seeds,
  };
};

/** Every customer with a mainland number has a SIM of this operator. */
export const trainingSubscribers = trainingCustomers
  .filter(({ phone }) => phone.startsWith('+86'))
  .map(({ name, nameLatin, phone }) => {
    const phoneNumber = phone.replaceAll(' ', '');
    return {
      imsi: `46001${phoneNumber.slice(-10)}`,
      phoneNumber,
      label: `${name}的手机`,
      labelLatin: `${nameLatin}’s phone`,
    };
  });

const portsIn = async (file: string): Promise<z.infer<typeof ports>> => {
  const kept = existsSync(file) ? ports.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data : undefined;
  if (kept !== undefined) return kept;
  const gateway = await freePort();
  const seeds = await freePort();
  const phone = await freePort();
  const keys = await freePort();
  const drawn = { gateway, seeds, phone, keys };
  writeDurably(file, JSON.stringify(drawn), 0o600);
  return drawn;
};

/** Below the range of the bank's own: another bank that starts does not take what is not listened at yet. */
const freePort = async (): Promise<number> => {
  const reserved = await reserveFreePort(15_000, 20_000);
  if (!reserved) throw new Error('no port is free for the training operator');
  await reserved.release();
  return reserved.port;
};

/**
 * An employee's card as a file that the seed page opens: a P-256 key (PKCS#8) under AES-256-GCM, its key from
 * the PIN by PBKDF2-HMAC-SHA256. Gives the public key, SPKI in base64.
 */
const officerCard = (file: string, officerId: string): string => {
  if (existsSync(file)) {
    const { publicKey } = z.object({ publicKey: z.string() }).parse(JSON.parse(readFileSync(file, 'utf8')));
    return publicKey;
  }
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = spkiOf(privateKey);
  const [salt, nonce, iterations] = [randomBytes(16), randomBytes(12), 600_000];
  const cipher = createCipheriv(
    'aes-256-gcm',
    pbkdf2Sync(trainingOfficerPin, salt, iterations, 32, 'sha256'),
    nonce,
  );
  const box = Buffer.concat([
    cipher.update(privateKey.export({ type: 'pkcs8', format: 'der' })),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  const card = {
    officerId,
    publicKey,
    iterations,
    salt: salt.toString('base64'),
    nonce: nonce.toString('base64'),
    key: box.toString('base64'),
  };
  writeDurably(file, JSON.stringify(card, null, 2), 0o600);
  return publicKey;
};

const spkiOf = (privateKey: KeyObject): string =>
  createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64');
