import { problem, type RouteBody, type RouteParams, type RouteReply } from '../shared/bank-api/index.ts';
import { onlineApi, type OnlineApi, type OnlineCall } from '../shared/online-api/index.ts';
import { fail, ok, type Result } from '../shared/result/index.ts';
import type { PivSession } from '../../native/applications/piv/index.ts';

/** Carries one request to the bank and its answer back. Faults: bank-unreachable, bank-untrusted. */
export interface Transport {
  send(
    method: 'GET' | 'POST',
    path: string,
    body: string | undefined,
  ): Promise<Result<{ readonly status: number; readonly body: string }>>;
}

/** The card for as long as the work takes; while this program has it no other one does. */
export type UseCard = <T>(work: (piv: PivSession) => Promise<Result<T>>) => Promise<Result<T>>;

/** The bank's online service, seen from a customer's terminal. */
export interface OnlineBank {
  /** Faults: those of the transport, those that the bank gives, bank-bad-answer. */
  call<C extends OnlineCall>(
    name: C,
    params: RouteParams<OnlineApi[C]>,
    body: RouteBody<OnlineApi[C]>,
  ): Promise<Result<RouteReply<OnlineApi[C]>>>;
}

export const onlineBank = (transport: Transport): OnlineBank => ({
  async call<C extends OnlineCall>(
    name: C,
    params: RouteParams<OnlineApi[C]>,
    body: RouteBody<OnlineApi[C]>,
  ): Promise<Result<RouteReply<OnlineApi[C]>>> {
    const route = onlineApi[name];
    const values = new Map(Object.entries(params));
    const path = route.path.replace(/\{(\w+)\}/g, (_, part: string) =>
      encodeURIComponent(values.get(part) ?? ''),
    );
    const answer = await transport.send(
      route.method,
      path,
      route.method === 'GET' ? undefined : JSON.stringify(body),
    );
    if (!answer.ok) return answer;
    const parsed = fromJson(answer.value.body);
    if (answer.value.status !== 200) {
      const refused = problem.safeParse(parsed);
      return refused.success
        ? { ok: false, fault: refused.data.fault }
        : fail('bank-bad-answer', { call: name });
    }
    const reply = route.reply.safeParse(parsed);
    // The schema of this very route; the compiler cannot follow a route by its name.
    return reply.success
      ? ok(reply.data as RouteReply<OnlineApi[C]>)
      : fail('bank-bad-answer', { call: name });
  },
});

const fromJson = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
};
