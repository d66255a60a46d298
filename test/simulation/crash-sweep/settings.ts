import type { Config } from '../../../src/entrypoints/config.ts';

/** How the worker is set up, and what its world is like. */
export interface Settings {
  /** The backend builds the table's rows from the stream, or the table is there, ahead of its stream. */
  readonly table: 'replica' | 'ahead';
  /** How often an effect is tried that meets transient faults; with two, a pair of faults can use up all of them. */
  readonly attempts: 1 | 2;
  /** Which of the calls that are under way arrives next: the last one leaves the most under way beside it. */
  readonly next: 'first' | 'last';
  readonly failureMode: Config['failureMode'];
}

export const ALL_SETTINGS: readonly Settings[] = (['replica', 'ahead'] as const).flatMap((table) => [
  { table, attempts: 1, next: 'first', failureMode: 'report' },
  { table, attempts: 1, next: 'last', failureMode: 'throw' },
  { table, attempts: 2, next: 'first', failureMode: 'report' },
  { table, attempts: 2, next: 'last', failureMode: 'report' },
]);

/** A process that tries once and has much under way when it ends: for what takes too long in all settings. */
export const HARSH_SETTINGS: readonly Settings[] = [
  { table: 'replica', attempts: 1, next: 'last', failureMode: 'report' },
  { table: 'ahead', attempts: 2, next: 'last', failureMode: 'report' },
];
