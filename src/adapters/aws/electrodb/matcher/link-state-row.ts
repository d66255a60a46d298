import type { LinkState } from '../../../../domain/link-move.ts';
import type { Link } from '../../../../domain/row.ts';
import type { RawKey } from '../batch-get.ts';
import { tupleAttributes } from './tuple-row.ts';

/** Longer than any redrive: SQS keeps dead letters for at most 14 days. */
export const TOMBSTONE_SECONDS = 30 * 24 * 60 * 60;

/** A row of the state table. */
export interface LinkStateRow extends RawKey {
  /** The document client's number; absent in rows that were written before there were generations, which means 0. */
  readonly generation?: { toString(): string } | undefined;
  readonly epoch: string;
  readonly sequence: string;
  readonly removed: boolean;
  readonly manufacturer?: string | undefined;
  readonly model?: string | undefined;
  readonly type_designator?: string | undefined;
}

/** The attributes that the key of a link's state is made of. */
export function linkAttributes({ code, serial }: Link) {
  return { mfr_mdl_code: code, serial_number: serial };
}

/** The attributes to write for a state; `now` is in milliseconds since 1970. */
export function linkStateRowOf(link: Link, { version, tuple, removed }: LinkState, now: number) {
  return {
    ...linkAttributes(link),
    ...version,
    removed,
    ...(tuple === undefined ? {} : tupleAttributes(tuple)),
    ...(removed ? { expires_at: Math.floor(now / 1_000) + TOMBSTONE_SECONDS } : {}),
  };
}

export function linkStateOf(row: LinkStateRow): LinkState {
  const { generation = 0, epoch, sequence, removed, manufacturer, model, type_designator } = row;
  const tuple =
    manufacturer === undefined || model === undefined || type_designator === undefined
      ? undefined
      : { manufacturer, model, typeDesignator: type_designator };
  return { version: { generation: Number(generation.toString()), epoch, sequence }, tuple, removed };
}
