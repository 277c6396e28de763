import type { MediumKind } from '../../shared/domain/index.ts';
import type { AnyQuestion, AnyStep, Workflow } from '../../shared/workflow/index.ts';
import { bankSteps } from './bank-steps.ts';
import { inspectMedium } from './inspect-medium.ts';
import { issueInput, type IssueInput } from './issue-input.ts';
import { chooseMedium, customerSecrets, handOver } from './issue-questions.ts';
import type { IssueTools } from './issue-tools.ts';
import { fromBase64, type IssuedCard } from './issued-card.ts';
import { receiptNumberOf } from './receipt-number.ts';
import { sdSteps } from './sd-steps/sd-steps.ts';
import { simSteps } from './sim-steps/sim-steps.ts';

/**
 * A customer gets a card. The story is the same for every medium: the customer's secrets, the medium, the
 * bank's reservation; then the medium is made; then it is handed over.
 *
 *   secrets → PIN check → medium → reserve ┬ SIM, smart card: key on the card … marker ┬ read back → prove
 *                                          └ SD card: key file … manifest              ┘
 *           → register → hand over → deliver → activate
 */
export function issueCard(tools: IssueTools): Workflow<IssueInput> {
  const bank = bankSteps(tools);
  const inspect = inspectMedium(tools);
  const sim = simSteps(tools);
  const sd = sdSteps(tools);

  const before = [customerSecrets, bank.checkAccountPin, chooseMedium, inspect, bank.reserveCard];
  const after = [bank.register, handOver, bank.deliver, bank.activate];
  const onSim = [
    sim.setCardPin,
    sim.replaceKeys,
    sim.generateKey,
    bank.reportKeyed,
    sim.signRequest,
    bank.enrol,
    sim.writeCertificate,
    sim.writeUserInfo,
    sim.writeChain,
    sim.writeCardIdentity,
    sim.writeMarker,
    bank.reportWritten,
    sim.readBack,
    sim.prove,
  ];
  const onSd = [
    sd.writeKey,
    bank.reportKeyed,
    bank.enrol,
    sd.writeCertificate,
    sd.writeUserInfo,
    sd.writeClient,
    sd.writeDirectory,
    bank.signManifest,
    sd.writeManifest,
    bank.reportWritten,
    sd.readBack,
    sd.prove,
  ];
  /** Until a medium is chosen the plan is that of a SIM, which is the longer one. */
  const planFor = (kind: MediumKind | undefined): readonly (AnyStep | AnyQuestion)[] => [
    ...before,
    ...(kind === 'sd-card' ? onSd : onSim),
    ...after,
  ];

  return {
    name: 'issue-card',
    input: issueInput,
    async run(flow, input) {
      const { bankId, customerId } = input;
      flow.plan(planFor(undefined));
      await flow.ask(customerSecrets);
      const { pinCheckId } = await flow.step(bank.checkAccountPin, input);
      const choice = await flow.ask(chooseMedium);
      flow.plan(planFor(choice.kind));
      const place = await flow.step(inspect, { ...choice, bankId, customerId });
      const card = await flow.step(bank.reserveCard, {
        ...input,
        pinCheckId,
        place,
        algorithm: choice.algorithm,
      });

      const issued = choice.kind === 'sd-card' ? await makeSd() : await makeSim();

      await flow.step(bank.register, issued);
      await flow.ask(handOver, { kind: choice.kind, serial: place.medium.serial });
      await flow.step(bank.deliver, { ...issued, receiptNumber: receiptNumberOf(card.cardId) });
      await flow.step(bank.activate, issued);

      async function makeSim(): Promise<IssuedCard> {
        await flow.step(sim.setCardPin, { place, card, officerId: input.officerId });
        const { domainKeys } = await flow.step(sim.replaceKeys, { place, card });
        const key = await flow.step(sim.generateKey, { place, card });
        await flow.step(bank.reportKeyed, { card, key });
        const { csr } = await flow.step(sim.signRequest, { place, card, key });
        const certificate = await flow.step(bank.enrol, { card, key, csr });
        const made = { bankId, place, card, certificate };
        await flow.step(sim.writeCertificate, made);
        const { userInfoSha256 } = await flow.step(sim.writeUserInfo, made);
        const { chain } = await flow.step(sim.writeChain, { ...made, domainKeys });
        const { guid } = await flow.step(sim.writeCardIdentity, made);
        const { contentSha256 } = await flow.step(sim.writeMarker, { ...made, userInfoSha256 });
        await flow.step(bank.reportWritten, { card, contentSha256 });
        await flow.step(sim.readBack, {
          ...made,
          customerId,
          guid,
          userInfoSha256,
          domainKeys,
          ...(chain && { chain }),
        });
        await flow.step(sim.prove, made);
        return made;
      }

      async function makeSd(): Promise<IssuedCard> {
        const {
          csr,
          file: keyFile,
          ...key
        } = await flow.step(sd.writeKey, {
          bankId,
          place,
          card,
          officerId: input.officerId,
        });
        await flow.step(bank.reportKeyed, { card, key });
        const certificate = await flow.step(bank.enrol, { card, key, csr });
        const made = { bankId, place, card, certificate, keyFile };
        const { file: certificateFile } = await flow.step(sd.writeCertificate, made);
        const { file: userInfoFile } = await flow.step(sd.writeUserInfo, made);
        const client = await flow.step(sd.writeClient, made);
        const { bankName, bankNameLatin } = input;
        await flow.step(sd.writeDirectory, { ...made, bankName, bankNameLatin });
        const files = [keyFile, certificateFile, userInfoFile, client.file];
        const { clientVersion } = client;
        const { manifest } = await flow.step(bank.signManifest, { ...made, files, clientVersion });
        const { contentSha256 } = await flow.step(sd.writeManifest, { ...made, manifest });
        await flow.step(bank.reportWritten, { card, contentSha256, clientVersion });
        const contentBytes = files.reduce((sum, { size }) => sum + size, fromBase64(manifest).length);
        await flow.step(sd.readBack, { ...made, customerId, contentSha256, contentBytes });
        await flow.step(sd.prove, made);
        return made;
      }
    },
  };
}
