import { writeFileSync } from 'node:fs';

/** For vitest: how many tests passed, failed and were skipped, and why each was, as one JSON file. */
export default class CountReporter {
  onTestRunEnd(modules, unhandledErrors) {
    const counts = {
      passed: 0,
      failed: unhandledErrors.length,
      skipped: [],
      failures: unhandledErrors.map((e) => String(e.message)),
    };
    for (const module of modules) {
      if (module.state() === 'failed' && [...module.children.allTests()].length === 0) {
        counts.failed += 1;
        counts.failures.push(`${module.moduleId}: did not load`);
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        if (result.state === 'passed') counts.passed += 1;
        else if (result.state === 'failed') {
          counts.failed += 1;
          counts.failures.push(`${module.relativeModuleId}: ${test.fullName}`);
        } else {
          // A suite that cannot run here says so in its name.
          const why = result.note ?? /\(skipped: (.*?)\)/.exec(test.fullName)?.[1] ?? '';
          counts.skipped.push({ test: `${module.relativeModuleId}: ${test.fullName}`, why });
        }
      }
    }
    writeFileSync(process.env.CARDWRIGHT_TEST_COUNTS, JSON.stringify(counts));
  }
}
