#!/usr/bin/env node
import { goOnWith, prepare } from './bootstrap.mjs';

// npm test [-- arguments for vitest]
process.stdout.write('Cardwright, all checks\n');
const node = prepare('test');
if (node === undefined) process.exit(1);
goOnWith(node, 'resources/host/all-checks.mjs', process.argv.slice(2));
