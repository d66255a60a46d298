import type { Change, Operation, Origin, Side } from '../../domain/change.ts';
import type { Row } from '../../domain/row.ts';
import type { Version } from '../../domain/version.ts';
import type { Json } from './json-fields.ts';
import { originOf } from './origin.ts';
import { timeOf } from './record-summary.ts';

/** A change whose record is asked once more for what few ever want to know. */
export class StreamChange implements Change {
  readonly identity: Change['identity'];
  readonly version: Version;
  readonly item: string;
  readonly row: Row;
  readonly operation: Operation;
  readonly before: Side;
  readonly after: Side;
  readonly viewType: string | undefined;
  readonly #record: Json;

  constructor(
    record: Json,
    identity: Change['identity'],
    version: Version,
    item: string,
    row: Row,
    operation: Operation,
    before: Side,
    after: Side,
    viewType: string | undefined,
  ) {
    this.#record = record;
    this.identity = identity;
    this.version = version;
    this.item = item;
    this.row = row;
    this.operation = operation;
    this.before = before;
    this.after = after;
    this.viewType = viewType;
  }

  get at(): number | undefined {
    return timeOf(this.#record);
  }

  get origin(): Origin {
    return originOf(this.#record);
  }
}
