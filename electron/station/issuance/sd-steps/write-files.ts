import { z } from 'zod';
import { fileDigest } from '../../../shared/bank-api/index.ts';
import { fail, ok, type Result } from '../../../shared/result/index.ts';
import type { Step, StepContext } from '../../../shared/workflow/index.ts';
import {
  partFiles,
  partPath,
  personaliseClient,
  readProgramVersion,
  SdCardSession,
  verifyUserInfo,
} from '../../../../native/applications/sd/index.ts';
import type { IssueTools } from '../issue-tools.ts';
import { fromBase64, nothing, sha256, type IssuedCard } from '../issued-card.ts';
import { digestOfFile } from './digest-of-file.ts';
import { mediumPlaceOf } from './medium-place.ts';
import { useSdCard } from './use-sd-card.ts';

export const writtenFile = z.object({ file: fileDigest });
const writtenClient = writtenFile.extend({ clientVersion: z.string() });
const sealed = z.object({ contentSha256: z.string() });

const onCard = <T>(
  { readers }: IssueTools,
  issued: IssuedCard,
  context: StepContext,
  work: (card: SdCardSession) => Promise<Result<T>>,
): Promise<Result<T>> => useSdCard(readers, mediumPlaceOf(issued, context), work);

export const writeCertificate = (tools: IssueTools): Step<IssuedCard, z.infer<typeof writtenFile>> => ({
  name: 'write-certificate',
  touches: 'media',
  record: writtenFile,
  run: (issued, context) =>
    onCard(tools, issued, context, async (card) => {
      const der = fromBase64(issued.certificate.certificate);
      const written = await card.writeCertificate(issued.bankId, der);
      return written.ok ? ok({ file: digestOfFile(partFiles.certificate, der) }) : written;
    }),
  undo: 'nothing',
});

export const writeUserInfo = (tools: IssueTools): Step<IssuedCard, z.infer<typeof writtenFile>> => ({
  name: 'write-user-info',
  touches: 'media',
  record: writtenFile,
  async run(issued, context) {
    const { idempotencyKey } = context;
    const { cardId } = issued.card;
    const signed = await tools.bank.call('signUserInfo', { cardId }, {}, { idempotencyKey });
    if (!signed.ok) return signed;
    const userInfo = fromBase64(signed.value.userInfo);
    return onCard(tools, issued, context, async (card) => {
      const written = await card.writeUserInfo(issued.bankId, userInfo);
      return written.ok ? ok({ file: digestOfFile(partFiles['user-info'], userInfo) }) : written;
    });
  },
  undo: 'nothing',
});

/** The phone client with this customer's credential in it: the very files that lie beside it. */
export const writeClient = (tools: IssueTools): Step<IssuedCard, z.infer<typeof writtenClient>> => ({
  name: 'write-client',
  touches: 'media',
  record: writtenClient,
  async run(issued, context) {
    const template = await tools.phoneClient();
    const version = readProgramVersion(template);
    if (!version.ok) return version;
    const clientVersion = version.value;
    const { bankId } = issued;
    const { idempotencyKey } = context;
    const chain = await tools.bank.call(
      'openOtpChain',
      { cardId: issued.card.cardId },
      {},
      { idempotencyKey },
    );
    if (!chain.ok) return chain;
    const { seed } = chain.value;
    return tools.readers.useVolume(mediumPlaceOf(issued, context), async (volume) => {
      const card = await SdCardSession.open(volume);
      if (!card.ok) return card;
      const certificate = await volume.read(partPath(bankId, 'certificate'));
      if (!certificate.ok) return certificate;
      if (sha256(certificate.value) !== issued.certificate.sha256)
        return fail('medium-read-back-differs', { path: partFiles.certificate });
      const key = await volume.read(partPath(bankId, 'key'));
      if (!key.ok) return key;
      const userInfo = await volume.read(partPath(bankId, 'user-info'));
      if (!userInfo.ok) return userInfo;
      const says = verifyUserInfo(userInfo.value, tools.bankCaPem(), tools.now());
      if (!says.ok) return says;
      const { bankName, portalOrigin, cardId } = says.value;
      const html = personaliseClient(template, {
        bankId,
        bankName,
        portalOrigin,
        cardId,
        certificate: certificate.value,
        userInfo: userInfo.value,
        key: key.value,
        ...(seed !== undefined && { seed: fromBase64(seed) }),
        clientVersion,
      });
      const written = await card.value.writeClient(bankId, html);
      return written.ok ? ok({ file: digestOfFile(partFiles.client, html), clientVersion }) : written;
    });
  },
  undo: 'nothing',
});

/** The card's index, and the page on which its customer chooses among its banks. */
export const writeDirectory = (
  tools: IssueTools,
): Step<IssuedCard & { readonly bankName: string; readonly bankNameLatin: string }, object> => ({
  name: 'write-directory',
  touches: 'media',
  record: nothing,
  async run(issued, context) {
    const program = await tools.phoneClient();
    return onCard(tools, issued, context, async (card) => {
      const { bankId, bankName, bankNameLatin } = issued;
      const entry = { bankId, bankName, bankNameLatin, cardId: issued.card.cardId };
      const written = await card.addToDirectory(entry, program);
      return written.ok ? ok({}) : written;
    });
  },
  undo: 'nothing',
});

/** The commit point: from here on this is a card. */
export const writeManifest = (
  tools: IssueTools,
): Step<IssuedCard & { readonly manifest: string }, z.infer<typeof sealed>> => ({
  name: 'write-manifest',
  touches: 'media',
  record: sealed,
  async run(issued, context) {
    const program = await tools.phoneClient();
    return onCard(tools, issued, context, async (card) => {
      const manifest = fromBase64(issued.manifest);
      const written = await card.writeManifest(issued.bankId, manifest, program);
      return written.ok ? ok({ contentSha256: sha256(manifest) }) : written;
    });
  },
  undo: 'nothing',
});
