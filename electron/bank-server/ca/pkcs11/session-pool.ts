import type graphene from 'graphene-pk11';

/** The sessions of a token for everybody who works with it: each does one operation at a time, who comes later waits. */
export interface SessionPool {
  use<T>(work: (session: graphene.Session) => Promise<T>): Promise<T>;
}

export const sessionPool = (sessions: readonly graphene.Session[]): SessionPool => {
  const free = [...sessions];
  const waiting: ((session: graphene.Session) => void)[] = [];
  const take = (): Promise<graphene.Session> => {
    const session = free.pop();
    return session ? Promise.resolve(session) : new Promise((resolve) => waiting.push(resolve));
  };
  const give = (session: graphene.Session): void => {
    const next = waiting.shift();
    if (next) next(session);
    else free.push(session);
  };
  return {
    async use(work) {
      const session = await take();
      try {
        return await work(session);
      } finally {
        give(session);
      }
    },
  };
};
