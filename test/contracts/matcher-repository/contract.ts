import type { Contract } from '../contract.ts';
import * as aborted from './aborted.ts';
import * as apply from './apply.ts';
import * as assumed from './assumed.ts';
import * as conflicts from './conflicts.ts';
import * as correct from './correct.ts';
import * as definitions from './definitions.ts';
import type { Harness } from './harness.ts';
import * as hot from './hot.ts';
import * as limits from './limits.ts';
import * as load from './load.ts';
import * as names from './names.ts';

/** Whether U+0000 is kept in text is left to the implementation. */
export const matcherRepository: Contract<Harness, 'nulCharacters'> = {
  load,
  apply,
  'apply, where somebody else moved': conflicts,
  'apply, from a state that was not read': assumed,
  correct,
  'once aborted': aborted,
  'of any definition,': definitions,
  'of more rows of a count than fit a transaction,': hot,
  'at the limits of DynamoDB,': limits,
  'whatever links and tuples are called,': names,
};
