#!/usr/bin/env node
import { goOnWith, prepare } from './bootstrap.mjs';

// npm start [-- --demo | --host=chromium | --data=FOLDER | --help]
process.stdout.write('Cardwright\n');
const node = prepare('start');
if (node === undefined) process.exit(1);
goOnWith(node, 'resources/host/open-station.mjs', process.argv.slice(2));
