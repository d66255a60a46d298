import type { Check } from './check.ts';
import { alarms, awsClock, databaseClock, permissions, searchIndex } from './checks/around.ts';
import { concurrency, indexer, worker } from './checks/function.ts';
import { delivery, filters, indexerMapping, mapping } from './checks/mapping.ts';
import { deadLetters, quarantine, searchQueue, visibility } from './checks/queues.ts';
import { followed, gaps, readers } from './checks/readers.ts';
import { database, stateExpiry, stateForms, stateRestorable, stateTable, targets } from './checks/state.ts';
import { keys, latestStream, replicas, settings, stream, table } from './checks/table.ts';

/** All checks, in the order in which they are reported. */
export const CHECKS: readonly Check[] = [
  ...[settings, table, keys, stream, latestStream, replicas],
  ...[mapping, filters, delivery, worker, concurrency, readers],
  ...[stateTable, stateExpiry, stateRestorable, stateForms, database, followed, gaps, targets],
  ...[searchQueue, deadLetters, indexerMapping, indexer, visibility, searchIndex, quarantine],
  ...[alarms, permissions, awsClock, databaseClock],
];
