import type { z } from 'zod';
import type { OfficerRole } from '../domain/index.ts';

/**
 * Who calls: an officer's screen before and after sign-in, until the start password is replaced, or locked until the
 * officer's card is back; or the customer's own screen.
 */
export type CallerRole = OfficerRole | 'signed-out' | 'password-due' | 'locked' | 'customer-screen';

export interface CallDefinition<Input extends z.ZodType = z.ZodType, Output extends z.ZodType = z.ZodType> {
  readonly roles: readonly CallerRole[];
  readonly input: Input;
  readonly output: Output;
}

export interface EventDefinition<Payload extends z.ZodType = z.ZodType> {
  /** Whose screens receive it. */
  readonly roles: readonly CallerRole[];
  readonly payload: Payload;
}

export interface ContractDefinition {
  readonly calls: Readonly<Record<string, CallDefinition>>;
  readonly events: Readonly<Record<string, EventDefinition>>;
}

export const call = <I extends z.ZodType, O extends z.ZodType>(
  roles: readonly CallerRole[],
  input: I,
  output: O,
): CallDefinition<I, O> => ({ roles, input, output });

export const event = <P extends z.ZodType>(roles: readonly CallerRole[], payload: P): EventDefinition<P> => ({
  roles,
  payload,
});

export type CallName<C extends ContractDefinition> = keyof C['calls'] & string;
export type EventName<C extends ContractDefinition> = keyof C['events'] & string;
export type CallInput<C extends ContractDefinition, N extends CallName<C>> = z.input<C['calls'][N]['input']>;
export type CallOutput<C extends ContractDefinition, N extends CallName<C>> = z.output<
  C['calls'][N]['output']
>;
export type EventPayload<C extends ContractDefinition, N extends EventName<C>> = z.output<
  C['events'][N]['payload']
>;
