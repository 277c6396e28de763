import type { z } from 'zod';
import { fail, type Failed, type Fault, type Result } from '../result/index.ts';
import type {
  CallDefinition,
  CallerRole,
  CallInput,
  CallName,
  CallOutput,
  ContractDefinition,
  EventName,
  EventPayload,
} from './define.ts';
import type { Frame, FramePort } from './frame-port.ts';

/** The screen behind a port at this moment. Asked anew for every call, so a sign-out takes effect at once. */
export interface Caller {
  readonly role: CallerRole;
  readonly officerId: string | undefined;
}

export type Handlers<C extends ContractDefinition> = {
  readonly [N in CallName<C>]: (
    input: z.output<C['calls'][N]['input']>,
    caller: Caller,
  ) => Promise<Result<CallOutput<C, N>>> | Result<CallOutput<C, N>>;
};

export interface Serving<C extends ContractDefinition> {
  /** Sends to this screen if its role may see the event. */
  emit<N extends EventName<C>>(name: N, payload: EventPayload<C, N>): void;
  stop(): void;
}

export interface ServeOptions {
  caller(): Caller;
  /** A handler threw or answered against the contract: a bug. Gets the call's name and the error, never the input. */
  onBug(name: string, error: unknown): void;
  /** A call did not reach its handler: unknown, not allowed, or its input was refused. The fault names fields, never what was in them. */
  onRefused?(name: string, fault: Fault, caller: Caller): void;
}

/**
 * Answers calls that arrive at a port. Role first, then input, then the handler: nothing of a call
 * reaches business code before both checks. Output is checked too and stripped to its schema, so a
 * field that the contract does not name cannot leak to a screen.
 */
export function serve<C extends ContractDefinition>(
  contract: C,
  port: FramePort,
  handlers: Handlers<C>,
  options: ServeOptions,
): Serving<C> {
  const answer = async (name: string, input: unknown): Promise<Result<unknown>> => {
    const caller = options.caller();
    const refused = (failed: Failed): Failed => {
      options.onRefused?.(name, failed.fault, caller);
      return failed;
    };
    if (!Object.hasOwn(contract.calls, name))
      return refused(fail('unknown-call', { name: name.slice(0, 60) }));
    const definition = contract.calls[name] as CallDefinition;
    if (!definition.roles.includes(caller.role))
      return refused(fail('not-allowed', { call: name, role: caller.role }));
    const parsed = definition.input.safeParse(input);
    // Names of fields only: a message of the schema may repeat what was typed.
    if (!parsed.success) return refused(fail('bad-input', { fields: fieldNames(parsed.error) }));
    try {
      const handler = handlers[name as CallName<C>] as (
        i: unknown,
        c: Caller,
      ) => Promise<Result<unknown>> | Result<unknown>;
      const result = await handler(parsed.data, caller);
      if (!result.ok) return result;
      return { ok: true, value: definition.output.parse(result.value) };
    } catch (error) {
      options.onBug(name, error);
      return fail('internal-error', { call: name });
    }
  };

  const stopListening = port.onFrame((frame: Frame) => {
    if (frame.kind !== 'call') return;
    void answer(frame.name, frame.input).then((result) => {
      port.send({ kind: 'reply', id: frame.id, result });
    });
  });

  return {
    emit(name, payload) {
      const definition = contract.events[name];
      if (!definition?.roles.includes(options.caller().role)) return;
      const parsed = definition.payload.safeParse(payload);
      if (!parsed.success) {
        options.onBug(name, new Error(`event ${name} is against the contract: ${fieldNames(parsed.error)}`));
        return;
      }
      port.send({ kind: 'event', name, payload: parsed.data });
    },
    stop: stopListening,
  };
}

const fieldNames = (error: z.ZodError): string =>
  [...new Set(error.issues.map((issue) => issue.path.join('.') || '(whole)'))].slice(0, 8).join(', ');

export type { CallInput };
