import type { RowChange } from './subject.ts';
import type { Spoil } from '../faults/poison.ts';

/** Where a change stands, to compare with others by numbers, and not by the worker's code. */
export interface Position {
  /** Which stream of the table: later ones are greater. */
  readonly epoch: number;
  readonly sequence: bigint;
}

/** One record of the stream, and what is known of it outside the worker. */
export interface Entry extends RowChange {
  readonly number: number;
  /** What the record is about, for messages and for order. */
  readonly key: string;
  readonly position: Position;
  /** The record as it should be. */
  readonly clean: object;
  /** The record as it is delivered: not always an object. */
  readonly record: unknown;
  /** How it is spoiled, so that it cannot be handled; undefined when it can. */
  readonly spoil: Spoil | undefined;
}

export function isAfter(a: Position, b: Position): boolean {
  return a.epoch === b.epoch ? a.sequence > b.sequence : a.epoch > b.epoch;
}

/** Whether the worker can ever handle the record, repaired if need be. */
export function isRepairable({ item }: Entry): boolean {
  return item?.isRepairable !== false;
}

/** Whether the worker sees by its key that nothing is made of the row: then it does not matter in which order its records are handled. */
export function isOfNoKind({ item }: Entry): boolean {
  return item !== undefined && item.isRepairable && !item.isRecognised;
}

export function nameOf({ number, key, position, spoil }: Entry): string {
  const how = spoil === undefined ? '' : `, spoiled: ${spoil.what}`;
  return `#${number} (${key}, sequence number ${position.sequence} of stream ${position.epoch}${how})`;
}
