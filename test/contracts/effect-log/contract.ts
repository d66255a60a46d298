import type { Contract } from '../contract.ts';
import * as aborted from './aborted.ts';
import * as advance from './advance.ts';
import type { Harness } from './harness.ts';
import * as load from './load.ts';
import * as once from './once.ts';

export const effectLog: Contract<Harness> = {
  load,
  advance,
  'advance, a write of its own': once,
  'once aborted': aborted,
};
