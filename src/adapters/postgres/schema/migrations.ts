import type { Migration } from './migration.ts';
import { state } from './migrations/0001-state.ts';

/** All steps, in their order. */
export const MIGRATIONS: readonly Migration[] = [state];
