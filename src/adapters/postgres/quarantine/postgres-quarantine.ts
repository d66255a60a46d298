import { packBatches } from '../../../application/pack-batches.ts';
import { type PoisonRecord, Quarantine } from '../../../application/ports/quarantine.ts';
import type { Done, Result } from '../../../application/result.ts';
import { Fault } from '../../../domain/fault.ts';
import type { Database } from '../client/database.ts';
import { inParts } from '../in-parts.ts';
import type { Names } from '../schema/names.ts';
import { storedText } from '../values/text.ts';

/** Of one statement: records, and characters of JSON. */
const MOST = { count: 1_000, weight: 16 * 1_024 * 1_024 };

interface Prepared {
  readonly record: PoisonRecord;
  readonly json: string;
}

/** Poison records in PostgreSQL, complete, a row each. */
export class PostgresQuarantine extends Quarantine {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    super();
    this.#database = database;
    this.#names = names;
  }

  override async keep(records: readonly PoisonRecord[], signal?: AbortSignal): Promise<readonly Done[]> {
    signal?.throwIfAborted();
    const results = new Map<PoisonRecord, Done>();
    const prepared = records.map((record) => ({ record, json: recordJson(record) }));
    const { batches, oversized } = packBatches(prepared, ({ json }) => json.length, MOST);
    // What is larger than a statement should be goes alone.
    for (const batch of [...batches, ...oversized.map((one) => [one])]) {
      const done = await inParts(batch, (some) => this.#attempt(some, signal), signal);
      for (const [index, { record }] of batch.entries()) results.set(record, doneOf(done[index]));
    }
    return records.map((record) => results.get(record) ?? missing());
  }

  async #attempt(records: readonly Prepared[], signal: AbortSignal | undefined): Promise<readonly Result[]> {
    await this.#database.query(
      `insert into ${this.#names.quarantine} (partition, sort, kind, reason, message, source, record)
select partition, sort, kind, reason, message, source::json, record::json
from json_to_recordset($1::json) as q(
  partition text, sort text, kind text, reason text, message text, source text, record text
)`,
      [`[${records.map(({ json }) => json).join()}]`],
      signal,
    );
    return records.map(() => 'done');
  }
}

/** Source and record are JSON within JSON: what PostgreSQL unpacks, it refuses where that has U+0000 or half a surrogate pair. */
function recordJson({ record, raw, fault }: PoisonRecord): string {
  return JSON.stringify({
    partition: record.pk === undefined ? null : storedText(record.pk),
    sort: record.sk === undefined ? null : storedText(record.sk),
    kind: fault.kind,
    reason: storedText(fault.reason),
    message: storedText(fault.message),
    source: JSON.stringify(record),
    record: (JSON.stringify(raw) as string | undefined) ?? 'null',
  });
}

function doneOf(result: Result | undefined): Done {
  if (result === 'done' || Fault.is(result)) return result;
  return missing();
}

function missing(): Fault {
  return new Fault('transient', 'the record got no result');
}
