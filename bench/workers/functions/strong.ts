import { strongExactlyOnce } from '../strong/exactly-once.ts';
import { functionOf } from './function-of.ts';

export const handler = functionOf(strongExactlyOnce);
