import type { Migration } from './migration.ts';
import { state } from './migrations/0001-state.ts';
import { replica } from './migrations/0002-replica.ts';
import { documents } from './migrations/0003-documents.ts';
import { queue } from './migrations/0004-queue.ts';
import { deadLetters } from './migrations/0005-dead-letters.ts';
import { words } from './migrations/0006-words.ts';
import { shards } from './migrations/0007-shards.ts';
import { notes } from './migrations/0008-notes.ts';
import { leases } from './migrations/0009-leases.ts';
import { fills } from './migrations/0010-fills.ts';
import { parking } from './migrations/0011-parking.ts';

/** All steps, in their order. */
export const MIGRATIONS: readonly Migration[] = [
  state,
  replica,
  documents,
  queue,
  deadLetters,
  words,
  shards,
  notes,
  leases,
  fills,
  parking,
];
