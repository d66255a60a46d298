import type { Contract } from '../contract.ts';
import * as aborted from './aborted.ts';
import * as apply from './apply.ts';
import * as conflicts from './conflicts.ts';
import * as discard from './discard.ts';
import type { Harness, RowsCapability } from './harness.ts';
import * as limits from './limits.ts';
import * as load from './load.ts';
import * as owners from './owners.ts';
import * as read from './read.ts';
import * as values from './values.ts';

export const derivedRowRepository: Contract<Harness, RowsCapability> = {
  load,
  read,
  apply,
  'apply, where somebody else moved': conflicts,
  'apply, where a key has another row': owners,
  discard,
  'once aborted': aborted,
  'whatever rows hold,': values,
  'at the limits of tables,': limits,
};
