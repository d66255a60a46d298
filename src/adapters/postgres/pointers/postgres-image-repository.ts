import { packBatches } from '../../../application/pack-batches.ts';
import {
  type EntityView,
  ImageRepository,
  type PointerWrite,
} from '../../../application/ports/image-repository.ts';
import type { Result } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import { pointerFault } from '../../../domain/pointer-limits.ts';
import type { Entity } from '../../../domain/pointer.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { loadEntities } from './load-entities.ts';
import { type PreparedWrite, preparedWrite } from './save-parameters.ts';
import { savePointers } from './save-pointers.ts';

/** Of one statement: writes, and characters of JSON. Any write fits. */
const MOST = { count: 10_000, weight: 16 * 1_024 * 1_024 };

/**
 * Pointers in PostgreSQL, beside the rows that `PostgresTableReplica` keeps: one statement reads all entities of a call, as they are at one
 * moment, and one writes all pointers.
 */
export class PostgresImageRepository extends ImageRepository {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async load(entities: readonly Entity[], signal?: AbortSignal): Promise<readonly EntityView[]> {
    signal?.throwIfAborted();
    return entities.length === 0 ? [] : loadEntities(this.#database, this.#names, entities, signal);
  }

  override async save(writes: readonly PointerWrite[], signal?: AbortSignal): Promise<readonly Result[]> {
    signal?.throwIfAborted();
    const results = new Map<PointerWrite, Result>();
    const prepared: { readonly write: PointerWrite; readonly sent: PreparedWrite }[] = [];
    for (const write of writes) {
      const found = preparedOrResult(write);
      if (typeof found === 'string' || Fault.is(found)) results.set(write, found);
      else prepared.push({ write, sent: found });
    }
    for (const batch of packBatches(prepared, ({ sent }) => weightOf(sent), MOST).batches) {
      const done = await inParts(
        batch,
        (some) =>
          this.#attempt(
            some.map(({ sent }) => sent),
            signal,
          ),
        signal,
      );
      for (const [index, { write }] of batch.entries()) results.set(write, unlessBusy(done[index]));
    }
    return writes.map((write) => results.get(write) ?? missing());
  }

  async #attempt(
    writes: readonly PreparedWrite[],
    signal: AbortSignal | undefined,
  ): Promise<readonly Result[]> {
    const rows = await this.#database.query<{ readonly n: number }>(
      savePointers(this.#names),
      [
        `[${writes.map(({ json }, n) => `{"n":${n},${json}}`).join()}]`,
        `[${writes.flatMap(({ conditions }, n) => conditions.map((json) => `{"n":${n},${json}}`)).join()}]`,
      ],
      signal,
    );
    const written = new Set(rows.map(({ n }) => n));
    return writes.map((_, n) => (written.has(n) ? 'done' : 'conflict'));
  }
}

function preparedOrResult(write: PointerWrite): PreparedWrite | Result {
  const prepared = preparedWrite(write);
  if (prepared === undefined) return 'conflict';
  const { view, member } = write;
  return (member && pointerFault(view.entity, member)) ?? prepared;
}

function weightOf({ json, conditions }: PreparedWrite): number {
  return conditions.reduce((sum, condition) => sum + condition.length, json.length);
}

/** Somebody else was at it: perhaps at the same rows. */
function unlessBusy(result: Result | undefined): Result {
  return result === undefined ? missing() : result === 'busy' ? 'conflict' : result;
}

function missing(): Fault {
  return new Fault('transient', 'the pointer got no result');
}
