import type { StepContext } from '../../shared/workflow/index.ts';
import { customerSecrets } from './issue-questions.ts';

/** The PIN of the medium; asked for again when a restart forgot it. */
export async function cardPinOf(context: StepContext): Promise<string> {
  const { cardPin } = await context.secret(customerSecrets);
  return cardPin ?? missingSecret(context);
}

/** The customer typed another card PIN than before a restart: asked for again, nothing else is lost. */
export const mistypedCardPin = { 'card-pin-wrong': customerSecrets.name } as const;

/** The customer's screen asks for everything a step may still need; a step without it is a bug. */
export const missingSecret = ({ runId }: StepContext): never => {
  throw new Error(`A secret was not asked for in run ${runId}`);
};
