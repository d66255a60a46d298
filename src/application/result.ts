import type { Fault } from '../domain/fault.ts';

/** What became of an effect that cannot conflict. A Fault: it may or may not have taken place. */
export type Done = 'done' | Fault;

/** What became of an effect. `conflict`: another writer got in between, and nothing was done. */
export type Result = Done | 'conflict';
