import { Fault } from '../../domain/fault.ts';

/** @param option where a stream can be named instead of its table, for the message. */
export function noStream(table: string, option: string): Fault {
  return new Fault(
    'configuration',
    `table ${table} has no stream that is switched on, and none that was read before and not to its end: switch it on, with new and old images, or name one that can still be read by ${option}`,
  );
}
