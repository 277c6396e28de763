#!/usr/bin/env node
import { goOnWith, prepare } from './bootstrap.mjs';

// npm run bench [-- --short] [NAME…]
const node = prepare('bench');
if (node === undefined) process.exit(1);
goOnWith(node, 'tests/bench/run.ts', process.argv.slice(2));
