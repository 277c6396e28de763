import { z } from 'zod';
import { ok, type Result } from '../../../shared/result/index.ts';
import type { Step, StepContext } from '../../../shared/workflow/index.ts';
import {
  cccObject,
  chuidObject,
  containers,
  encodeCcc,
  encodeChuid,
  encodeMarker,
  encodeSecurityObject,
  managementCommands,
  markerObject,
  securityObject,
  userInfoObject,
  type PivCommand,
} from '../../../../native/applications/piv/index.ts';
import { placeOf } from '../inspect-medium.ts';
import type { IssueTools } from '../issue-tools.ts';
import { fromBase64, nothing, sha256, type IssuedCard } from '../issued-card.ts';
import { cardGuid } from './card-guid.ts';
import { manageCard } from './manage-card.ts';

const { putObject, writeCertificate: writeCertificateTo } = managementCommands;

type ContentStep<Input extends IssuedCard, Output> = Step<Input, Output>;

export const writtenUserInfo = z.object({ userInfoSha256: z.string() });
export const writtenIdentity = z.object({ guid: z.string() });
export const writtenMarker = z.object({ contentSha256: z.string() });

/** Opens the card for writing under one lease. Writing the same object again is harmless, so each of these may be repeated. */
const writing = <T>(
  { readers, bank }: IssueTools,
  { place }: IssuedCard,
  { runId }: StepContext,
  commands: readonly PivCommand<void>[],
  written: T,
): Promise<Result<T>> =>
  readers.useCard(placeOf(place, runId), async (card) => {
    const managed = await manageCard(card, bank, place.medium.identity);
    if (!managed.ok) return managed;
    const sent = await managed.value.send(...commands);
    return sent.ok ? ok(written) : sent;
  });

export const writeCertificate = (tools: IssueTools): ContentStep<IssuedCard, object> => ({
  name: 'write-certificate',
  touches: 'card',
  record: nothing,
  run: (issued, context) =>
    writing(
      tools,
      issued,
      context,
      [writeCertificateTo('9a', fromBase64(issued.certificate.certificate))],
      {},
    ),
  undo: 'nothing',
});

/** What the bank says about the customer, signed by the bank. */
export const writeUserInfo = (
  tools: IssueTools,
): ContentStep<IssuedCard, z.infer<typeof writtenUserInfo>> => ({
  name: 'write-user-info',
  touches: 'card',
  record: writtenUserInfo,
  async run(issued, context) {
    const { idempotencyKey } = context;
    const { cardId } = issued.card;
    const signed = await tools.bank.call('signUserInfo', { cardId }, {}, { idempotencyKey });
    if (!signed.ok) return signed;
    const userInfo = fromBase64(signed.value.userInfo);
    return writing(tools, issued, context, [putObject(userInfoObject, userInfo)], {
      userInfoSha256: sha256(userInfo),
    });
  },
  undo: 'nothing',
});

/** CHUID and CCC, without which other PIV software does not take it for a card, and the bank's signature over both. */
export const writeCardIdentity = (
  tools: IssueTools,
): ContentStep<IssuedCard, z.infer<typeof writtenIdentity>> => ({
  name: 'write-card-identity',
  touches: 'card',
  record: writtenIdentity,
  async run(issued, context) {
    const { guid, cccIdentifier } = cardGuid(issued.bankId, issued.card.cardId, issued.place.medium);
    const expiration = issued.certificate.notAfter.slice(0, 10);
    const [chuid, ccc] = [encodeChuid({ guid, expiration }), encodeCcc(cccIdentifier)];
    const groups = [
      { dataGroup: 1, container: containers.chuid, content: chuid },
      { dataGroup: 2, container: containers.ccc, content: ccc },
    ];
    const { cardId } = issued.card;
    const hashes = groups.map(({ dataGroup, content }) => ({ dataGroup, sha256: sha256(content) }));
    const { idempotencyKey } = context;
    const vouched = await tools.bank.call('signSecurityObject', { cardId }, { hashes }, { idempotencyKey });
    if (!vouched.ok) return vouched;
    const signed = fromBase64(vouched.value.signed);
    const objects = [
      putObject(chuidObject, chuid),
      putObject(cccObject, ccc),
      putObject(securityObject, encodeSecurityObject({ groups, signed })),
    ];
    return writing(tools, issued, context, objects, { guid: Buffer.from(guid).toString('hex') });
  },
  undo: 'nothing',
});

/** The commit point: from here on this is a card. */
export const writeMarker = (
  tools: IssueTools,
): ContentStep<IssuedCard & { readonly userInfoSha256: string }, z.infer<typeof writtenMarker>> => ({
  name: 'write-marker',
  touches: 'card',
  record: writtenMarker,
  run(issued, context) {
    const marker = encodeMarker({
      cardId: issued.card.cardId,
      certificateSha256: issued.certificate.sha256,
      userInfoSha256: issued.userInfoSha256,
    });
    return writing(tools, issued, context, [putObject(markerObject, marker)], {
      contentSha256: sha256(marker),
    });
  },
  undo: 'nothing',
});
