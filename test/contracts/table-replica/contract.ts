import type { Contract } from '../contract.ts';
import type { Harness } from './harness.ts';
import * as images from './images.ts';
import * as rows from './rows.ts';
import * as unconnected from './unconnected.ts';

/** Whether U+0000 is kept in text is left to the implementation. */
export const tableReplica: Contract<Harness, 'nulCharacters'> = {
  rows,
  images,
  'whether a change does not follow on from the row': unconnected,
};
