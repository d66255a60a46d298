import { packBatches } from '../../../application/pack-batches.ts';
import { TableReplica } from '../../../application/ports/table-replica.ts';
import type { Change } from '../../../domain/change.ts';
import { Fault } from '../../../domain/fault.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import { compareVersions, type Version } from '../../../domain/version.ts';
import type { Database } from '../client/database.ts';
import { isBusy } from '../client/database-fault.ts';
import type { Names } from '../schema/names.ts';
import { type AppliedChanges, applyChanges } from './apply-changes.ts';
import { PointersAmong } from './pointers-among.ts';
import { type PreparedChange, preparedChange, replicaParameters } from './replica-parameters.ts';

/** Of one statement: changes, and characters of JSON. A change that has more is sent alone. */
const MOST = { count: 10_000, weight: 16 * 1_024 * 1_024 };
/** How often somebody else may be at the same rows. */
const ATTEMPTS = 10;

/**
 * The table's rows in PostgreSQL: whole, with what is needed to know late records and missing ones, and a tombstone for each row that was removed within a
 * month. One statement applies as many changes as fit.
 */
export class PostgresTableReplica extends TableReplica {
  readonly #database: Database;
  readonly #names: Names;
  readonly #model: TableModel;
  readonly #among: PointersAmong;

  constructor(database: Database, names: Names, model: TableModel) {
    super();
    this.#database = database;
    this.#names = names;
    this.#model = model;
    this.#among = new PointersAmong(model);
  }

  override async apply(changes: readonly Change[]): Promise<readonly Change[]> {
    const kept = changes.filter(({ row }) => row.model.derivedBy !== 'counts');
    const prepared = kept.map((change) => preparedChange(change, this.#model.keys, this.#among));
    const unconnected = new Set<Change>();
    for (const ascending of inAscendingRuns(prepared))
      for (const batch of packBatches(ascending, weightOf, MOST).batches)
        for (const change of await this.#applyAll(batch)) unconnected.add(change);
    return changes.filter((change) => unconnected.has(change));
  }

  async #applyAll(changes: readonly PreparedChange[]): Promise<readonly Change[]> {
    const unconnected: Change[] = [];
    let rest = changes;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const applied = await this.#attempt(rest);
      if (applied === 'busy') continue;
      const { places, missed } = applied;
      const tried = rest;
      rest = tried.filter(({ id }) => missed.has(id));
      for (const n of places) {
        const found = tried[n];
        if (found !== undefined && !missed.has(found.id)) unconnected.push(found.change);
      }
      if (rest.length === 0) return unconnected;
    }
    throw new Fault('transient', 'other workers write the same rows again and again');
  }

  async #attempt(changes: readonly PreparedChange[]) {
    try {
      const [applied] = await this.#database.query<AppliedChanges>(
        applyChanges(this.#names),
        replicaParameters(changes),
      );
      if (applied === undefined) throw new Fault('transient', 'the statement for the rows got no result');
      return {
        places: JSON.parse(applied.unconnected) as readonly number[],
        missed: new Set((JSON.parse(applied.missed) as readonly string[]).map((id) => `\\x${id}`)),
      };
    } catch (error) {
      if (isBusy(error)) return 'busy';
      throw error;
    }
  }
}

/** No more than a statement's, so that each change has its place among the others, in their order. */
function weightOf({ json, pointers }: PreparedChange): number {
  const weight = pointers.reduce((sum, pointer) => sum + pointer.length, json.length);
  return Math.min(weight, MOST.weight);
}

/**
 * Runs of changes in which those of one row are newer one after the other, in the order given: usually one. A change that was delivered twice
 * begins another.
 */
function inAscendingRuns(changes: readonly PreparedChange[]): readonly PreparedChange[][] {
  const runs: PreparedChange[][] = [];
  const last = new Map<string, { readonly run: number; readonly version: Version }>();
  for (const prepared of changes) {
    const { id, change } = prepared;
    const before = last.get(id);
    const isNewer = before === undefined || compareVersions(change.version, before.version) > 0;
    const run = (before?.run ?? 0) + (isNewer ? 0 : 1);
    last.set(id, { run, version: change.version });
    (runs[run] ??= []).push(prepared);
  }
  return runs;
}
