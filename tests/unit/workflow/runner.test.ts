import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { fail, ok, type FaultCode, type Result } from '../../../electron/shared/result/index.ts';
import {
  createRunner,
  memoryJournal,
  type Journal,
  type JournalEntry,
  type Question,
  type Run,
  type RunState,
  type Step,
  type StepContext,
  type Workflow,
} from '../../../electron/shared/workflow/index.ts';

/** A tiny world: three effects that steps make and undo, and a list of everything that was called. */
interface World {
  effects: Set<string>;
  calls: string[];
  faults: Map<string, FaultCode>;
}

const choice: Question<{ reader: string }> = {
  name: 'choose',
  of: 'officer',
  answer: z.object({ reader: z.string() }),
};
const secrets: Question<{ entered: true }, { pin: string }> = {
  name: 'secrets',
  of: 'customer',
  answer: z.object({ entered: z.literal(true) }),
  secret: z.object({ pin: z.string().min(4) }),
};

function effect(world: World, name: string, more: Partial<Step<string, string>> = {}): Step<string, string> {
  return {
    name,
    touches: 'card',
    record: z.string(),
    run(input, context) {
      world.calls.push(`run ${context.idempotencyKey} ${input}`);
      const fault = world.faults.get(name);
      if (fault) return Promise.resolve(fail(fault));
      world.effects.add(name);
      return Promise.resolve(ok(`${name} of ${input}`));
    },
    undo(input, output) {
      world.calls.push(`undo ${name} ${input} ${output ?? 'unfinished'}`);
      const fault = world.faults.get(`undo ${name}`);
      if (fault) return Promise.resolve(fail(fault));
      world.effects.delete(name);
      return Promise.resolve(ok());
    },
    ...more,
  };
}

function setUp(options: { journal?: Journal; world?: World } = {}) {
  const world = options.world ?? {
    effects: new Set<string>(),
    calls: [],
    faults: new Map<string, FaultCode>(),
  };
  const journal = options.journal ?? memoryJournal();
  const bugs: string[] = [];
  const entries: JournalEntry[] = [];
  const runner = createRunner({
    journal,
    now: () => new Date('2026-11-20T10:00:00Z'),
    onEntry: (_header, entry) => entries.push(entry),
    onBug: (where) => bugs.push(where),
  });
  const check: Step<null, string> = {
    name: 'check-pin',
    touches: 'nothing',
    record: z.string(),
    async run(_input, context) {
      const { pin } = await context.secret(secrets);
      world.calls.push(`check ${context.idempotencyKey}`);
      return pin === '1234' ? ok('checked') : fail('account-pin-wrong', { triesLeft: 2 });
    },
    undo: 'nothing',
    asksAgain: { 'account-pin-wrong': 'secrets' },
  };
  const inspect = effect(world, 'inspect', {
    touches: 'nothing',
    undo: 'nothing',
    asksAgain: { 'card-foreign': 'choose' },
  });
  const steps = { check, inspect, write: effect(world, 'write'), seal: effect(world, 'seal') };
  const workflow: Workflow<{ customer: string }> = {
    name: 'issue',
    input: z.object({ customer: z.string() }),
    async run(flow, input) {
      flow.plan([secrets, check, choice, inspect, steps.write, steps.seal]);
      await flow.ask(secrets, { customer: input.customer });
      await flow.step(check, null);
      const { reader } = await flow.ask(choice);
      await flow.step(inspect, reader);
      const written = await flow.step(steps.write, reader);
      await flow.step(steps.seal, written);
    },
  };
  return { world, journal, runner, workflow, bugs, entries, steps };
}

test('a step says how far its copying is; it is shown, belongs to the step alone, and is kept nowhere', async () => {
  const contexts: StepContext[] = [];
  const transfers: unknown[] = [];
  const part = { doing: 'writing', path: 'a', doneBytes: 1, ofBytes: 4 } as const;
  const { runner, workflow, world, steps, journal } = setUp();
  for (const step of [steps.write, steps.seal]) {
    const { run: work } = step;
    Object.assign(step, {
      run(input: string, context: StepContext) {
        contexts.push(context);
        // The one before has nothing to say any more.
        contexts[0]?.report(part);
        return work(input, context);
      },
    });
  }
  const run = started(runner.start(workflow, { customer: 'c' }, { runId: 'r', officerId: 'o' }));
  run.onChange((now) => {
    const state = now.state();
    if (state.kind === 'working') transfers.push([state.step, state.transfer?.doneBytes]);
  });
  await run.settled();
  await answer(run, { entered: true }, { pin: '1234' });
  await answer(run, { reader: 'R' });
  expect(transfers).toEqual([
    ['check-pin', undefined],
    ['inspect', undefined],
    ['write', undefined],
    ['write', 1],
    ['seal', undefined],
  ]);
  contexts[1]?.report(part);
  expect(run.state()).toEqual({ kind: 'completed', outcome: 'done' });
  expect(JSON.stringify(journal.read('r'))).not.toContain('doneBytes');
  expect(world.effects).toEqual(new Set(['inspect', 'write', 'seal']));
});

function started(result: Result<Run>): Run {
  if (!result.ok) throw new Error(result.fault.code);
  return result.value;
}

function watch(run: Run): string[] {
  const seen: string[] = [];
  run.onChange((now) => seen.push(words(now.state())));
  return seen;
}

const words = (state: RunState): string => {
  switch (state.kind) {
    case 'working':
      return `working ${state.step} ${state.index.toString()}/${state.of.toString()}`;
    case 'asking':
      return `asking ${state.ask.kind}`;
    case 'undoing':
      return `undoing ${state.step}`;
    case 'completed':
      return `completed ${state.outcome}`;
    case 'failed':
      return `failed ${state.at} ${state.fault.code} left=${state.left.join(',')} ${state.mayResume ? 'resume' : '-'}`;
  }
};

/** Answers the question that stands, and waits for the next stand-still. */
async function answer(run: Run, value: unknown, secret?: unknown): Promise<RunState> {
  const state = run.state();
  if (state.kind !== 'asking') throw new Error(`not asking but ${words(state)}`);
  const result = run.answer(state.ask.askId, value, secret);
  if (!result.ok) throw new Error(result.fault.code);
  return run.settled();
}

const start = { runId: 'r1', officerId: 'li' };
const good = { pin: '1234' };

describe('a run that goes well', () => {
  test('shows exactly these states', async () => {
    const { runner, workflow, world } = setUp();
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    const seen = watch(run);
    await answer(run, { entered: true }, good);
    await answer(run, { reader: 'A' });
    expect(seen).toEqual([
      'working check-pin 1/6',
      'asking choose',
      'working inspect 3/6',
      'working write 4/6',
      'working seal 5/6',
      'completed done',
    ]);
    expect([...world.effects]).toEqual(['inspect', 'write', 'seal']);
    expect(run.records().steps.get('seal')).toBe('seal of write of A');
    expect(run.progress().map((p) => p.state)).toEqual(['done', 'done', 'done', 'done']);
  });

  test('keeps no secret in the journal', async () => {
    const { runner, workflow, entries } = setUp();
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, { pin: '987654' });
    expect(entries.length).toBeGreaterThan(3);
    expect(JSON.stringify(entries)).not.toContain('987654');
  });
});

describe('faults', () => {
  test('a step that fails stops there and resume does it again under a new attempt', async () => {
    const { runner, workflow, world } = setUp();
    world.faults.set('write', 'card-bad-answer');
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    expect(words(await answer(run, { reader: 'A' }))).toBe('failed write card-bad-answer left=write resume');
    world.faults.clear();
    run.resume();
    expect(words(await run.settled())).toBe('completed done');
    expect(world.calls.filter((call) => call.startsWith('run r1/write'))).toEqual([
      'run r1/write/1 A',
      'run r1/write/2 A',
    ]);
    expect(world.calls.filter((call) => call.startsWith('run r1/inspect'))).toHaveLength(1);
  });

  test('after a network fault the repetition carries the same idempotency key', async () => {
    const { runner, workflow, world } = setUp();
    world.faults.set('write', 'bank-timeout');
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    await answer(run, { reader: 'A' });
    world.faults.clear();
    run.resume();
    await run.settled();
    expect(world.calls.filter((call) => call.startsWith('run r1/write'))).toEqual([
      'run r1/write/1 A',
      'run r1/write/1 A',
    ]);
  });

  test('a wrong PIN is asked again on resume, and only then', async () => {
    const { runner, workflow, world } = setUp();
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    expect(words(await answer(run, { entered: true }, { pin: '0000' }))).toBe(
      'failed check-pin account-pin-wrong left= resume',
    );
    run.resume();
    expect(words(await run.settled())).toBe('asking secrets');
    expect(words(await answer(run, { entered: true }, good))).toBe('asking choose');
    expect(world.calls).toEqual(['check r1/check-pin/1', 'check r1/check-pin/2']);
  });

  test('a secret that was mistyped is asked for again, and nothing else is done anew', async () => {
    const { runner, workflow, world, steps } = setUp();
    const write = steps.write.run;
    const seen: unknown[] = [];
    Object.assign(steps.write, {
      asksSecretAgain: { 'card-pin-wrong': 'secrets' },
      run: async (input: string, context: StepContext) => {
        seen.push(await context.secret(secrets));
        return seen.length === 1 ? fail('card-pin-wrong') : write(input, context);
      },
    });
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    await answer(run, { reader: 'A' });
    run.resume();
    expect(words(await run.settled())).toBe('asking secrets');
    expect(words(await answer(run, { entered: true }, { pin: '5678' }))).toBe('completed done');
    expect(seen).toEqual([good, { pin: '5678' }]);
    expect(world.calls.filter((call) => call.startsWith('check'))).toHaveLength(1);
  });

  test('a step that is undone can see what else still stands', async () => {
    const { runner, workflow, world, steps } = setUp();
    const stood: boolean[] = [];
    Object.assign(steps.write, {
      undo: (_input: string, _output: string | undefined, context: StepContext) => {
        stood.push(context.stands('write'), context.stands('seal'), context.stands('inspect'));
        return Promise.resolve(ok());
      },
    });
    world.faults.set('seal', 'card-removed');
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    await answer(run, { reader: 'A' });
    run.undo();
    await run.settled();
    expect(stood).toEqual([true, false, true]);
  });

  test('a refused choice is asked again and what rested on it is done anew', async () => {
    const { runner, workflow, world } = setUp();
    world.faults.set('inspect', 'card-foreign');
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    expect(words(await answer(run, { reader: 'A' }))).toBe('failed inspect card-foreign left= resume');
    world.faults.clear();
    run.resume();
    expect(words(await run.settled())).toBe('asking choose');
    await answer(run, { reader: 'B' });
    expect(run.records().steps.get('inspect')).toBe('inspect of B');
  });

  test('a throw is a bug: it is reported, named, and the run can still be undone', async () => {
    const { runner, workflow, world, bugs, steps } = setUp();
    Object.assign(steps.write, { run: () => Promise.reject(new Error('secret 4711')) });
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    expect(words(await answer(run, { reader: 'A' }))).toContain('failed write internal-error');
    expect(bugs).toEqual(['issue/write']);
    expect(JSON.stringify(run.state())).not.toContain('4711');
    run.undo();
    expect(words(await run.settled())).toBe('completed undone');
    expect([...world.effects]).toEqual(['inspect']);
  });

  test('answers that are not asked for, or not of the right shape, change nothing', async () => {
    const { runner, workflow } = setUp();
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    const state = await run.settled();
    if (state.kind !== 'asking') throw new Error('not asking');
    expect(run.answer('other', { entered: true }, good)).toEqual(fail('run-not-asking', { askId: 'other' }));
    expect(run.answer(state.ask.askId, { entered: false }, good).ok).toBe(false);
    expect(run.answer(state.ask.askId, { entered: true }, { pin: '1' }).ok).toBe(false);
    expect(words(run.state())).toBe('asking secrets');
  });
});

describe('cancel and undo', () => {
  test('cancel before anything was begun completes as undone', async () => {
    const { runner, workflow } = setUp();
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    run.cancel();
    expect(words(await run.settled())).toBe('completed undone');
  });

  test('undo takes back newest first, and goes on past a step that cannot be taken back', async () => {
    const { runner, workflow, world } = setUp();
    world.faults.set('seal', 'card-removed');
    world.faults.set('undo seal', 'card-removed');
    const run = started(runner.start(workflow, { customer: 'c1' }, start));
    await run.settled();
    await answer(run, { entered: true }, good);
    await answer(run, { reader: 'A' });
    run.undo();
    expect(words(await run.settled())).toBe('failed seal card-removed left=seal -');
    expect(world.calls.filter((call) => call.startsWith('undo'))).toEqual([
      'undo seal write of A unfinished',
      'undo write A write of A',
    ]);
    expect(run.resume().ok).toBe(false);
    world.faults.clear();
    run.undo();
    expect(words(await run.settled())).toBe('completed undone');
    expect(world.calls.filter((call) => call.startsWith('undo write'))).toHaveLength(1);
  });
});

describe('killed and started again', () => {
  /** Entries after which the station dies: the journal refuses everything from then on. */
  function dyingJournal(inner: Journal, after: number): Journal {
    let count = 0;
    return {
      ...inner,
      append(runId, entry) {
        count += 1;
        return count > after ? fail('storage-full') : inner.append(runId, entry);
      },
    };
  }

  // 2 asks (asked + answered) and 4 steps (started + done), then completed
  test.each(Array.from({ length: 12 }, (_, n) => n))(
    'after journal entry %i: resume ends done, undo ends clean',
    async (after) => {
      for (const way of ['resume', 'undo'] as const) {
        const journal = memoryJournal();
        const first = setUp({ journal: dyingJournal(journal, after) });
        const dying = started(first.runner.start(first.workflow, { customer: 'c1' }, start));
        let state = await dying.settled();
        while (state.kind === 'asking') {
          state = await (state.ask.kind === 'secrets'
            ? answer(dying, { entered: true }, good)
            : answer(dying, { reader: 'A' }));
        }
        const second = setUp({ journal, world: first.world });
        const run = started(second.runner.reopen(second.workflow, 'r1'));
        expect(run.state()).toMatchObject({ kind: 'failed', fault: { code: 'run-interrupted' } });
        run[way]();
        state = await run.settled();
        while (state.kind === 'asking') {
          state = await (state.ask.kind === 'secrets'
            ? answer(run, { entered: true }, good)
            : answer(run, { reader: 'A' }));
        }
        expect(words(state)).toBe(way === 'resume' ? 'completed done' : 'completed undone');
        expect(first.world.effects.has('seal')).toBe(way === 'resume');
        if (way === 'undo') expect(first.world.effects.has('write')).toBe(false);
      }
    },
  );

  test('a secret that a restart forgot is asked for again when a step needs it', async () => {
    const journal = memoryJournal();
    const first = setUp({ journal: dyingJournal(journal, 2) });
    const dying = started(first.runner.start(first.workflow, { customer: 'c1' }, start));
    await dying.settled();
    await answer(dying, { entered: true }, good);
    const second = setUp({ journal, world: first.world });
    const run = started(second.runner.reopen(second.workflow, 'r1'));
    run.resume();
    const state = await run.settled();
    expect(words(state)).toBe('asking secrets');
    expect(state).toMatchObject({ ask: { data: { customer: 'c1' } } });
    expect(words(await answer(run, { entered: true }, good))).toBe('asking choose');
  });
});
