import type { Downstream } from '../model/modelled-aws.ts';
import { contrail } from './contrail.ts';
import { powertools, recordByRecord } from './peers.ts';
import { strongAtLeastOnce } from './strong/at-least-once.ts';
import { strongExactlyOnce } from './strong/exactly-once.ts';
import type { Worker } from './worker.ts';

/** Everyone who handles batches, by the names that figures go by. */
export const SUBJECTS = {
  Contrail: contrail,
  'strong, exactly once': strongExactlyOnce,
  'strong, at least once': strongAtLeastOnce,
  'Powertools parallel': (downstream) => powertools(downstream, true),
  'record by record': recordByRecord,
} as const satisfies Record<string, (downstream: Downstream) => Worker>;

export type SubjectName = keyof typeof SUBJECTS;

export const SUBJECT_NAMES = Object.keys(SUBJECTS) as readonly SubjectName[];
