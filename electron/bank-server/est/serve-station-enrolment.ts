import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { CertificateRequest } from '../authority/certificate-request.ts';
import { enrolStation, reenrolStation, type StationEnrolment } from '../authority/enrol-station.ts';
import { keyFlaw } from '../authority/enrol.ts';
import { bindStationSecret, checkStationSecret } from '../authority/station-secrets.ts';
import type { Bank } from '../bank.ts';
import type { CertificateProfile } from '../ca/certificate-profile.ts';
import { sendProblem } from '../http/problem-reply.ts';
import { peerCertificate, stationOf } from '../http/station-of.ts';
import {
  acceptRequests,
  labelOf,
  sendBase64,
  sendCaCertificates,
  sendCertificate,
  sendPending,
  type Base64Form,
} from './messages.ts';
import { readRequest } from './read-request.ts';
import { requestAttributes } from './request-attributes.ts';

export interface StationEnrolmentSettings {
  /** How base64 is written to clients that send nothing to take after. */
  readonly base64: Base64Form;
  readonly retryAfterSeconds: number;
}

/** EST for stations, with a password or with the certificate they have, under a profile's label or under none. */
export const serveStationEnrolment = (
  server: FastifyInstance,
  bank: Bank,
  { base64: form, retryAfterSeconds }: StationEnrolmentSettings,
): void => {
  acceptRequests(server);
  /** RFC 7030, 3.2.2: each operation with a label and without. */
  const paths = (operation: string): readonly string[] => [
    `/.well-known/est/${operation}`,
    `/.well-known/est/:profile/${operation}`,
  ];

  // RFC 7030, 4.1.1: everybody may ask for these
  for (const path of paths('cacerts'))
    server.get(path, (request, reply) => sendCaCertificates(bank, request, reply, form));

  for (const path of paths('csrattrs'))
    server.get(path, (request, reply) => {
      const profile = stationProfile(bank, labelOf(request.params).profile);
      return profile === undefined
        ? sendProblem(reply, fail('unknown-call').fault, request.id)
        : sendBase64(request, reply, 'application/csrattrs', requestAttributes(profile), form);
    });

  const enrol = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const station = await authenticated(bank, request);
    if (!station.ok) return askForPassword(request, reply);
    const { stationId, bySecret } = station.value;
    const read = readRequest(request, stationProfile(bank, labelOf(request.params).profile));
    if (!read.ok) return refused(request, reply, read);
    if (bySecret && !(await bindStationSecret(bank, stationId, read.value.publicKeySha256)))
      return refused(request, reply, fail('csr-refused', { reason: 'key-differs' }));
    const profile = labelOf(request.params).profile || profileFor(bank, read.value);
    const caller = { station: { stationId }, requestId: request.id, now: bank.clock() };
    return sendEnrolment(
      request,
      reply,
      await enrolStation(bank, caller, profile, read.value),
      retryAfterSeconds,
    );
  };

  const reenrol = reenrolOver(bank, retryAfterSeconds);
  for (const path of paths('simpleenroll')) server.post(path, enrol);
  for (const path of paths('simplereenroll')) server.post(path, reenrol);
  for (const path of paths('serverkeygen')) server.post(path, refuseServerKey);
};

/** RFC 7030, 4.2.2: the certificate of the connection asks for the next one of its station; no card's does. */
export const reenrolOver =
  (bank: Bank, retryAfterSeconds?: number) =>
  async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const station = await stationOf(bank, request);
    const current = await peerCertificate(bank, request);
    if (!station.ok || current === undefined)
      return sendProblem(reply, fail('bank-refused-station', { reason: 'certificate' }).fault, request.id);
    const profile = labelOf(request.params).profile || current.profile;
    const read = readRequest(request, stationProfile(bank, profile));
    if (!read.ok) return refused(request, reply, read);
    const caller = { station: station.value, requestId: request.id, now: bank.clock() };
    const enrolled = await reenrolStation(bank, caller, profile, read.value, current);
    return sendEnrolment(request, reply, enrolled, retryAfterSeconds);
  };

/** RFC 7030, 4.4: a key that the bank has seen is not the customer's or the station's own. */
export const refuseServerKey = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(reply, fail('csr-refused', { reason: 'policy' }).fault, request.id, 403);

export const refused = (
  request: FastifyRequest,
  reply: FastifyReply,
  { fault }: { readonly fault: Parameters<typeof sendProblem>[1] },
): FastifyReply => {
  request.log.info({ fault: fault.code, data: fault.data }, 'refused');
  return sendProblem(reply, fault, request.id);
};

export const sendEnrolment = (
  request: FastifyRequest,
  reply: FastifyReply,
  enrolled: Result<StationEnrolment>,
  retryAfterSeconds = 60,
): FastifyReply => {
  if (!enrolled.ok) return refused(request, reply, enrolled);
  if (enrolled.value.kind === 'issued') return sendCertificate(request, reply, enrolled.value.certificate);
  request.log.info({ enrolment: enrolled.value.requestId }, 'waits for approval');
  return sendPending(reply, retryAfterSeconds);
};

/** RFC 7030, 3.3.2 and 3.2.3: by the certificate of the connection, else by name and password. */
const authenticated = async (
  bank: Bank,
  request: FastifyRequest,
): Promise<Result<{ readonly stationId: string; readonly bySecret: boolean }>> => {
  const given = credentialsOf(request.headers.authorization);
  if (given !== undefined) {
    const checked = await checkStationSecret(bank, given.stationId, given.secret);
    return checked.ok ? ok({ stationId: given.stationId, bySecret: true }) : checked;
  }
  const station = await stationOf(bank, request);
  return station.ok ? ok({ stationId: station.value.stationId, bySecret: false }) : station;
};

const askForPassword = (request: FastifyRequest, reply: FastifyReply): FastifyReply =>
  sendProblem(
    reply.header('WWW-Authenticate', 'Basic realm="enrolment", charset="UTF-8"'),
    fail('bank-refused-station', { reason: 'password' }).fault,
    request.id,
    401,
  );

const DEFAULT_PROFILE = 'station';

const stationProfile = (bank: Bank, label: string): CertificateProfile | undefined => {
  const profile = bank.authority.profiles.get(label || DEFAULT_PROFILE);
  return profile?.stationEnrolment === undefined ? undefined : profile;
};

/** Without a label: the stations' profile that this kind of key is for. */
const profileFor = (bank: Bank, request: CertificateRequest): string =>
  [...bank.authority.profiles.values()].find(
    (each) => each.stationEnrolment !== undefined && keyFlaw(request, each) === undefined,
  )?.name ?? DEFAULT_PROFILE;

// RFC 7617
const credentialsOf = (header: string | undefined): { stationId: string; secret: string } | undefined => {
  const [, base64] = /^Basic ([A-Za-z0-9+/]+=*)$/i.exec(header ?? '') ?? [];
  if (base64 === undefined) return undefined;
  const [, stationId, secret] = /^([^:]+):(.*)$/s.exec(Buffer.from(base64, 'base64').toString('utf8')) ?? [];
  return stationId === undefined || secret === undefined ? undefined : { stationId, secret };
};
