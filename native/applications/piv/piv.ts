import { randomInt } from 'node:crypto';
import { fail, ok, type Result } from '../../../electron/shared/result/index.ts';
import type { PinChange, PinPad } from '../../drivers/pin-pad.ts';
import type { ApduPipe, CardApplication } from '../../pipe/index.ts';
import { changeAtPad, parsePadAnswer, setAtPad, verifyAtPad } from './commands/at-pad.ts';
import { changeReferenceData, resetRetryCounter } from './commands/change-pin.ts';
import { getData, putData } from './commands/data-object.ts';
import {
  agreeKey,
  answerChallenge,
  answerWitness,
  askChallenge,
  askWitness,
  decipherBlock,
  signBlock,
} from './commands/general-authenticate.ts';
import { managementAlgorithms, modulusBytes, type ManagementAlgorithm } from './algorithms.ts';
import { attest } from './commands/attest.ts';
import { generateKeyPair } from './commands/generate-key-pair.ts';
import { run, runAll } from './commands/piv-command.ts';
import { preparedManagementKey, preparedPuk } from './commands/prepared.ts';
import { pivAid, select } from './commands/select.ts';
import { readPinCounter, verify, type PinCounter } from './commands/verify.ts';
import { getMetadata, getSerial, getVersion, reset } from './commands/yubico.ts';
import { encodeCertificate, parseCertificate } from './objects/certificate.ts';
import { encodePin, pinReference, type Reference } from './pin.ts';
import type { PivAtPad, PivSession, TryDecision } from './piv-session.ts';
import { padDigest } from './rsa-padding.ts';
import { certificateObject, keyReference } from './slots.ts';

/** PIV on a card (NIST SP 800-73-4). Opening fails with card-unsupported where there is none. */
export const piv: CardApplication<PivSession> = {
  name: 'PIV',
  aid: pivAid,
  async open(pipe) {
    const application = await run(pipe, select());
    return application.ok ? ok({ application: application.value, ...pivCalls(pipe) }) : application;
  },
};

const pivCalls = (pipe: ApduPipe): Omit<PivSession, 'application'> => ({
  selectPiv: () => run(pipe, select()),

  readPinRetries: (which) => readCounter(pipe, which),
  atPad: pipe.pinPad && callsAtPad(pipe, pipe.pinPad),

  async verifyPin(pin, decision) {
    const value = encodePin(pin);
    if (!value.ok) return value;
    const allowed = await allowTry(pipe, 'pin', decision);
    return allowed.ok ? run(pipe, verify(value.value)) : allowed;
  },

  changePin: (oldPin, newPin, decision) => change(pipe, 'pin', oldPin, newPin, decision),
  changePuk: (oldPuk, newPuk, decision) => change(pipe, 'puk', oldPuk, newPuk, decision),

  async unblockPin(puk, newPin, decision) {
    const code = encodePin(puk, 'puk');
    if (!code.ok) return code;
    const next = encodePin(newPin);
    if (!next.ok) return next;
    const allowed = await allowTry(pipe, 'puk', decision);
    return allowed.ok ? run(pipe, resetRetryCounter(code.value, next.value)) : allowed;
  },

  async readManagementAlgorithm() {
    const metadata = await run(pipe, getMetadata(managementKey));
    if (!metadata.ok) return metadata;
    return metadata.value?.managementAlgorithm ? ok(metadata.value.managementAlgorithm) : askAlgorithm(pipe);
  },

  async authenticateManagement(authenticator) {
    const witness = await run(pipe, askWitness(authenticator.algorithm));
    if (!witness.ok) return witness;
    const opened = await authenticator.begin(witness.value);
    if (!opened.ok) return opened;
    const { witness: clear, challenge } = opened.value;
    const answer = await run(pipe, answerWitness(authenticator.algorithm, clear, challenge));
    return answer.ok ? authenticator.finish(answer.value) : answer;
  },

  async authenticateManagementSingly(authenticator) {
    const challenge = await run(pipe, askChallenge(authenticator.algorithm));
    if (!challenge.ok) return challenge;
    const response = await authenticator.respond(challenge.value);
    return response.ok ? run(pipe, answerChallenge(authenticator.algorithm, response.value)) : response;
  },

  send: (...commands) => runAll(pipe, commands),

  async setManagementKey(prepared) {
    const command = preparedManagementKey(prepared);
    return command.ok ? run(pipe, command.value) : command;
  },
  async setPuk(prepared, decision) {
    const command = preparedPuk(prepared);
    if (!command.ok) return command;
    const allowed = await allowTry(pipe, 'puk', decision);
    return allowed.ok ? run(pipe, command.value) : allowed;
  },

  generateKey: (slot, algorithm) => run(pipe, generateKeyPair(slot, algorithm)),

  async sign(slot, algorithm, digest) {
    const wanted = algorithm === 'p-384' ? 48 : 32;
    if (digest.length !== wanted) throw new Error(`${algorithm} signs hashes of ${wanted} bytes`);
    const modulus = modulusBytes(algorithm);
    return run(pipe, signBlock(slot, algorithm, modulus === undefined ? digest : padDigest(digest, modulus)));
  },
  decipher: (slot, block) => run(pipe, decipherBlock(slot, block)),
  agreeKey: (slot, point) => run(pipe, agreeKey(slot, point)),

  async readCertificate(slot) {
    const content = await run(pipe, getData(certificateObject(slot)));
    if (!content.ok || content.value === undefined) return content;
    return parseCertificate(content.value);
  },
  writeCertificate: (slot, der) => run(pipe, putData(certificateObject(slot), encodeCertificate(der))),
  getObject: (tag) => run(pipe, getData(tag)),
  putObject: (tag, content) => run(pipe, putData(tag, content)),

  attest: (slot) => run(pipe, attest(slot)),
  version: () => run(pipe, getVersion()),
  serial: () => run(pipe, getSerial()),
  readMetadata: (of) => run(pipe, getMetadata(metadataReference(of))),
  reset: () => resetCard(pipe),
});

/**
 * By trying to begin, which costs nothing: a card that does not say which algorithm its key has refuses the
 * others at once.
 */
const askAlgorithm = async (pipe: ApduPipe): Promise<Result<ManagementAlgorithm | undefined>> => {
  for (const algorithm of managementAlgorithms) {
    const witness = await run(pipe, askWitness(algorithm));
    if (witness.ok) return ok(algorithm);
    if (!isRefusal(witness.fault.code)) return witness;
  }
  return ok(undefined);
};

const isRefusal = (code: string): boolean =>
  code === 'card-status' || code === 'card-object-missing' || code === 'card-unsupported';

const callsAtPad = (pipe: ApduPipe, { verify: verifyEntry, modify }: PinPad): PivAtPad => {
  const change = async (
    entry: PinChange,
    decision: TryDecision | undefined,
    modifyEntry: NonNullable<PinPad['modify']>,
  ): Promise<Result<void>> => {
    const allowed = await allowTry(pipe, 'pin', decision);
    if (!allowed.ok) return allowed;
    const answer = await modifyEntry(entry);
    return answer.ok ? parsePadAnswer(answer.value, changeReferenceData('pin', nothing, nothing)) : answer;
  };
  return {
    async verifyPin(terms = {}, decision) {
      const allowed = await allowTry(pipe, 'pin', decision);
      if (!allowed.ok) return allowed;
      const answer = await verifyEntry(verifyAtPad(terms));
      return answer.ok ? parsePadAnswer(answer.value, verify(nothing)) : answer;
    },
    ...(modify && {
      changePin: (terms = {}, decision) => change(changeAtPad(terms), decision, modify),
      async setPin(oldPin, terms = {}, decision) {
        const old = encodePin(oldPin);
        return old.ok ? change(setAtPad(old.value, terms), decision, modify) : old;
      },
    }),
  };
};

const nothing = new Uint8Array(0);

const change = async (
  pipe: ApduPipe,
  which: Reference,
  old: string,
  next: string,
  decision?: TryDecision,
): Promise<Result<void>> => {
  const oldValue = encodePin(old, which);
  if (!oldValue.ok) return oldValue;
  const nextValue = encodePin(next, which);
  if (!nextValue.ok) return nextValue;
  const allowed = await allowTry(pipe, which, decision);
  return allowed.ok ? run(pipe, changeReferenceData(which, oldValue.value, nextValue.value)) : allowed;
};

/**
 * Reads the counter before a try is spent. With one left, or where a card will not tell, a person must
 * have decided it. A PIN that is verified at this moment has all its tries.
 */
const allowTry = async (pipe: ApduPipe, which: Reference, decision?: TryDecision): Promise<Result<void>> => {
  const counter = await readCounter(pipe, which);
  if (!counter.ok) return counter;
  const { triesLeft, verified } = counter.value;
  if (triesLeft === 0) return fail('card-pin-blocked', { which });
  if (verified || (triesLeft ?? 0) > 1 || decision?.lastTryConfirmedBy) return ok();
  return fail('card-pin-last-try', { which, triesLeft: 1, counted: triesLeft !== undefined });
};

/** The PIN's by VERIFY without data; the PUK's, which the standard does not show, by its metadata. */
const readCounter = async (pipe: ApduPipe, which: Reference): Promise<Result<PinCounter>> => {
  const counter: Result<PinCounter> =
    which === 'pin' ? await run(pipe, readPinCounter()) : ok({ triesLeft: undefined, verified: false });
  if (!counter.ok || counter.value.triesLeft !== undefined) return counter;
  const metadata = await run(pipe, getMetadata(pinReference[which]));
  return metadata.ok ? ok({ ...counter.value, triesLeft: metadata.value?.tries?.left }) : metadata;
};

const resetCard = async (pipe: ApduPipe): Promise<Result<void>> => {
  const version = await run(pipe, getVersion());
  if (!version.ok) return version;
  // A card that blocks and cannot reset would be lost.
  if (version.value === undefined) return fail('card-unsupported', { command: 'RESET' });
  for (const which of ['pin', 'puk'] as const) {
    const blocked = await block(pipe, which);
    if (!blocked.ok) return blocked;
  }
  const done = await run(pipe, reset());
  if (!done.ok) return done;
  const selected = await run(pipe, select());
  return selected.ok ? ok() : selected;
};

/** Spends every try with numbers of chance; one that happens to be right only costs another round. */
const block = async (pipe: ApduPipe, which: Reference): Promise<Result<void>> => {
  for (let round = 0; round < mostTries; round++) {
    const guess = encodePin(String(randomInt(10_000_000, 100_000_000)), which);
    if (!guess.ok) return guess;
    const { value } = guess;
    const spent = await run(pipe, which === 'pin' ? verify(value) : resetRetryCounter(value, value));
    if (spent.ok || spent.fault.code === 'card-pin-wrong') continue;
    return spent.fault.code === 'card-pin-blocked' ? ok() : spent;
  }
  return fail('card-status', { command: 'RESET', meaning: 'tries-left' });
};

const metadataReference = (of: Parameters<PivSession['readMetadata']>[0]): number => {
  if (of === 'management-key') return managementKey;
  return of === 'pin' || of === 'puk' ? pinReference[of] : keyReference(of);
};

const managementKey = 0x9b;
/** YubiKeys allow up to 255 tries; a right guess gives them all back. */
const mostTries = 600;
