import type { Receipt } from '../../shared/contract/index.ts';
import { fail, ok, type Result } from '../../shared/result/index.ts';
import type { Run } from '../../shared/workflow/index.ts';
import { z } from 'zod';
import { issueInput } from './issue-input.ts';
import { chosenMedium, issuedCertificate, reservedCard } from './issued-card.ts';
import { masked } from './masked.ts';
import { receiptNumberOf } from './receipt-number.ts';

export interface ReceiptPlace {
  readonly branch: string;
  readonly branchLatin: string;
  readonly training: boolean;
}

const delivery = z.object({ receiptNumber: z.string(), deliveredAt: z.string() });

/**
 * What the customer gets on paper, made from the run's record alone. Before the hand-over it is a preview,
 * dated now. Faults: run-unknown, for a run that made no card.
 */
export function receiptOf(run: Run, place: ReceiptPlace, now: Date): Result<Receipt> {
  const { steps } = run.records();
  const input = issueInput.safeParse(run.header.input).data;
  const medium = chosenMedium.safeParse(steps.get('inspect-medium')).data?.medium;
  const card = reservedCard.safeParse(steps.get('reserve-card')).data;
  const certificate = issuedCertificate.safeParse(steps.get('enrol')).data;
  const delivered = delivery.safeParse(steps.get('deliver')).data;
  const state = run.state();
  const undone = state.kind === 'undoing' || (state.kind === 'completed' && state.outcome === 'undone');
  if (!input || !medium || !card || !certificate || !steps.has('register') || undone)
    return fail('run-unknown', { runId: run.runId });
  return ok({
    receiptNumber: delivered?.receiptNumber ?? receiptNumberOf(card.cardId),
    issuedAt: delivered?.deliveredAt ?? now.toISOString(),
    ...place,
    bankName: input.bankName,
    bankNameLatin: input.bankNameLatin,
    officerName: input.officerName,
    customerName: input.customerName,
    documentNumberMasked: masked(input.documentNumber),
    accountMasked: masked(input.account),
    mediumKind: medium.kind,
    serial: medium.serial,
    cardId: card.cardId,
    certificateSerial: certificate.serial,
    certificateNotAfter: certificate.notAfter,
    certificateSha256: certificate.sha256,
    loginName: input.loginName,
  });
}
