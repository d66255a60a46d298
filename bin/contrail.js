#!/usr/bin/env node
import { existsSync } from 'node:fs';

const cli = new URL('../dist/entrypoints/cli/', import.meta.url);
const main = new URL('main.js', cli);
if (existsSync(main)) {
  // Before all else is loaded: a container's first process is not ended by a signal that nobody listens to.
  const { endOnSignals } = await import(new URL('signals.js', cli).href);
  endOnSignals();
  await import(main.href);
} else {
  console.error('contrail: not built yet: run "npm run build" first');
  process.exitCode = 2;
}
