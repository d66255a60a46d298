import { Fault } from '../../domain/fault.ts';

/** Some of several writes of shards have failed. What became of the others is known. */
export class PartlyWritten extends Fault {
  /** Those whose lease is another's: what the call would have returned. */
  readonly refused: readonly string[];
  /** Those that are written, or not. */
  readonly unknown: ReadonlySet<string>;

  /** @param cause what one of those failed by. */
  constructor(refused: readonly string[], unknown: readonly string[], cause: Fault) {
    super(
      cause.kind,
      `of ${unknown.length} shards it is not known whether they are written: ${cause.message}`,
      {
        ...{ cause, reason: cause.reason },
      },
    );
    this.refused = refused;
    this.unknown = new Set(unknown);
  }
}
