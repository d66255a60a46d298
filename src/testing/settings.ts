import { isPlainObject, kindOf } from '../domain/plain-value.ts';
import { FAILING, type FailingAttempts } from './effect-calls.ts';
import { listOf } from './given-row.ts';
import type { ViewType } from '../adapters/dynamodb-stream/stream-record.ts';
import { VIEW_TYPES } from './stream-record.ts';
import { timeOf } from './test-clock.ts';
import type { WinstonLoggerOptions } from '../adapters/winston/winston-logger.ts';

/** What holds for all tests with a kit. */
export interface KitOptions {
  /** What the stream carries. Default `NEW_AND_OLD_IMAGES`. */
  readonly view?: ViewType;
  /** What the table is called: rows that are derived into it are found by that name. Default `table`. */
  readonly table?: string;
  /** What becomes of a record that can never be handled: `block`, by default, or it goes to `quarantine`. */
  readonly poison?: 'block' | 'quarantine';
  /** What the worker logs, and where: nothing, unless a level is given. */
  readonly log?: Partial<WinstonLoggerOptions>;
}

export interface KitSettings {
  readonly view: ViewType;
  readonly table: string;
  readonly poison: 'block' | 'quarantine';
  readonly log: Partial<WinstonLoggerOptions>;
}

/** How changes are delivered. */
export interface WhenOptions<Failing = Readonly<Record<string, FailingAttempts>>> {
  /** How often each batch is delivered. Default 1. */
  readonly times?: number;
  /** How many records a batch has at most. By default all are in one. */
  readonly batch?: number;
  /**
   * When a batch is delivered again: `at once`, by default; or after all have been delivered, in their order (`late`), in
   * the opposite one (`reversed`), or in one that goes by `seed` (`shuffled`).
   */
  readonly redelivery?: 'at once' | 'late' | 'reversed' | 'shuffled';
  /** An integer. Default 1. */
  readonly seed?: number;
  /** How often a batch in which something failed that may pass is delivered again before it has failed. Default 2. */
  readonly redeliveries?: number;
  /** When the changes are made. By default when the kit's clock says so. */
  readonly at?: number | Date | string;
  /** By effect, the attempts that fail: `['before', 'after']` are the first two of each change. */
  readonly failing?: Failing;
}

export type Delivering = Required<Omit<WhenOptions, 'at' | 'failing'>>;

export const ONCE: Delivering = {
  ...{ times: 1, batch: Infinity, redelivery: 'at once', seed: 1, redeliveries: 2 },
} as const;

const REDELIVERY = ['at once', 'late', 'reversed', 'shuffled'];

/** @throws Error for an option that is wrong. */
export function kitSettings(options: KitOptions): KitSettings {
  checkNames('the options of testing', options, ['view', 'table', 'poison', 'log']);
  const { view = 'NEW_AND_OLD_IMAGES', table = 'table', poison = 'block', log = {} } = options;
  oneOf('view', view, VIEW_TYPES);
  oneOf('poison', poison, ['block', 'quarantine']);
  if (!/^[\w.-]+$/.test(table)) throw new Error(`table must be the name of a table, and is ${table}`);
  return { view, table, poison, log };
}

/** @throws Error for an option that is wrong. */
export function delivering(options: WhenOptions, effects: readonly string[], now: number) {
  const names = ['times', 'batch', 'redelivery', 'seed', 'redeliveries', 'at', 'failing'];
  checkNames('the options of when', options, names);
  const { at, failing = {}, ...others } = options;
  const how: Delivering = { ...ONCE, ...others };
  integer('times', how.times, 1);
  if (how.batch !== Infinity) integer('batch', how.batch, 1);
  integer('seed', how.seed, 0);
  integer('redeliveries', how.redeliveries, 0);
  oneOf('redelivery', how.redelivery, REDELIVERY);
  if (options.redelivery !== undefined && options.times === undefined)
    throw new Error('redelivery says when a batch comes again, and without times none does: add times: 2');
  for (const [name, attempts] of Object.entries(failing)) {
    if (!effects.includes(name))
      throw new Error(`failing names ${name}, which is no effect; there are ${listOf(effects)}`);
    checkFailing(`failing.${name}`, attempts);
  }
  return { how, failing, at: at === undefined ? now : timeOf(at, 'at') };
}

/** @throws Error for what says of no attempt whether it fails. */
function checkFailing(name: string, attempts: unknown): void {
  if (attempts === undefined || typeof attempts === 'function') return;
  if (!Array.isArray(attempts))
    throw new Error(
      `${name} must be an array of ${FAILING.join(', ')}, or a function, and is ${kindOf(attempts)}`,
    );
  for (const [index, one] of attempts.entries()) oneOf(`${name}[${index}]`, one, FAILING);
}

/** @throws Error for a member that nobody reads. */
export function checkNames(what: string, given: unknown, known: readonly string[]): void {
  if (!isPlainObject(given)) throw new Error(`${what} must be an object, and is ${kindOf(given)}`);
  for (const name of Object.keys(given))
    if (!known.includes(name)) throw new Error(`${what}: ${name} is unknown; there are ${listOf(known)}`);
}

function integer(name: string, value: unknown, least: number): void {
  if (!Number.isSafeInteger(value) || (value as number) < least)
    throw new Error(`${name} must be an integer of at least ${least}, and is ${String(value)}`);
}

function oneOf(name: string, value: unknown, known: readonly string[]): void {
  if (!known.includes(value as string))
    throw new Error(`${name} must be one of ${known.join(', ')}, and is ${String(value)}`);
}
