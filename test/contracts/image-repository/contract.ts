import type { Contract } from '../contract.ts';
import * as aborted from './aborted.ts';
import * as definitions from './definitions.ts';
import type { Harness, ImageCapability } from './harness.ts';
import * as kinds from './kinds.ts';
import * as limits from './limits.ts';
import * as load from './load.ts';
import * as conflicts from './save-conflicts.ts';
import * as save from './save.ts';
import * as values from './values.ts';

export const imageRepository: Contract<Harness, ImageCapability> = {
  load,
  save,
  'save, where somebody else wrote,': conflicts,
  'once aborted': aborted,
  'whatever ids and attributes are,': values,
  'whatever the definition is,': definitions,
  'where attributes tell kinds of rows apart,': kinds,
  'at the limits of DynamoDB,': limits,
};
