import type { Contract } from '../contract.ts';
import * as apply from './apply.ts';
import * as documents from './documents.ts';
import type { Harness, IndexCapability } from './harness.ts';
import * as ids from './ids.ts';
import * as read from './read.ts';
import * as refusals from './refusals.ts';
import * as reopening from './reopening.ts';
import * as values from './values.ts';

export const searchIndex: Contract<Harness, IndexCapability> = {
  apply,
  'apply, ids': ids,
  'apply, values': values,
  'apply, refusals': refusals,
  read,
  documents,
  'apply, and opened again': reopening,
};
