/** One after another for each name: who comes first is served first, whatever became of the one before. */
export interface Turns {
  take<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Everything that was taken until now is over. */
  over(): Promise<void>;
}

export function turns(): Turns {
  const last = new Map<string, Promise<unknown>>();
  return {
    take(name, work) {
      const before = last.get(name) ?? Promise.resolve();
      const mine = before.then(work, work);
      last.set(name, mine);
      const forget = () => {
        if (last.get(name) === mine) last.delete(name);
      };
      mine.then(forget, forget);
      return mine;
    },
    async over() {
      await Promise.allSettled(last.values());
    },
  };
}
