import type { Fault } from '../domain/fault.ts';

/** What became of an effect that cannot conflict. A Fault: it may or may not have taken place. */
export type Done = 'done' | Fault;

/**
 * What became of an effect. Otherwise nothing was done: `conflict` where another writer got in between, so that what it was
 * decided on must be read again; `busy` where another one was at work at the same moment on something that others share, so
 * that the same may be tried again.
 */
export type Result = Done | 'conflict' | 'busy';
