import type { Container } from 'inversify';
import { Verify } from '../../../src/application/drift/verify.ts';
import { VERIFY_DEFAULTS, type VerifyOptions } from '../../../src/application/drift/verify-parts.ts';
import type { VerifyFigures } from '../../../src/application/drift/verify-report.ts';
import { DerivedRowRepository } from '../../../src/application/ports/derived-row-repository.ts';
import { ImageRepository } from '../../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../../src/application/ports/matcher-repository.ts';
import { SearchFences } from '../../../src/application/ports/search-fences.ts';
import { SearchIndex } from '../../../src/application/ports/search-index.ts';
import { SearchBacklog } from '../../../src/application/ports/search-backlog.ts';
import { TableReplica } from '../../../src/application/ports/table-replica.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { rows } from '../../../src/domain/definition/rows.ts';
import { DRIFT_KINDS, type DriftKind, type Finding } from '../../../src/domain/drift/finding.ts';
import type { Mending } from '../../../src/domain/drift/mending.ts';
import { streamWorker } from '../../../src/entrypoints/composition/container.ts';
import { verifyIn } from '../../../src/entrypoints/composition/verify.ts';
import { type ReplayedWorker, replayWorker } from '../../../src/entrypoints/cli/replay/replay-worker.ts';
import { handlerOf } from '../../../src/entrypoints/lambda/handler-of.ts';
import { toDelivery } from '../../../src/adapters/dynamodb-stream/to-delivery.ts';
import { type Plain, streamRecord, type TableRow } from '../../support/stream-records.ts';

interface Order {
  readonly status: string;
  readonly total: number;
  readonly bad?: boolean;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();

/** A table of which something of each kind is derived. */
export const PROVED = defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    search: documents(order, {
      collection: 'orders',
      where: ({ attributes }) => {
        if (attributes.bad === true) throw new Error('this row is bad');
        return !attributes.status.endsWith('draft');
      },
      fields: ['status', 'total'],
    }),
    tags: counts(order, { by: ['status'], at: { PK: 'STATUS#<status>', SK: 'ORDERS' } }),
    spend: counts(order, {
      by: ({ key }) => ({ customer: key.customer }),
      amount: 'total',
      at: { PK: 'CUSTOMER#<customer>', SK: 'SPEND' },
    }),
    latest: pointer(order, { at: { SK: 'LATEST' }, choose: 'newest', repeat: ['status'] }),
    first: pointer(order, { at: { SK: 'FIRST' }, choose: 'keep', repeat: ['total'] }),
    copies: rows(order, {
      of: ({ key, attributes }) => [
        {
          key: { PK: 'COPY', SK: `${key.customer}/${key.order}` },
          attributes: { status: attributes.status },
        },
        {
          table: 'audit',
          key: { id: `${key.customer}/${key.order}` },
          attributes: { total: attributes.total },
        },
      ],
    }),
  },
});

export function orderRow(
  customer: string,
  id: string,
  attributes: Readonly<Record<string, Plain>> = { status: 'open', total: 5 },
): TableRow {
  return { PK: `CUSTOMER#${customer}`, SK: `ORDER#${id}`, ...attributes };
}

function mendingWords({ drift, derivation, item }: Finding, { isMended, what }: Mending): string {
  return `${isMended ? 'mended' : 'left'} ${drift} ${derivation} ${item}: ${what}`;
}

/** What came of one verification. */
export interface Verified {
  readonly findings: readonly Finding[];
  /** `missing search document orders/ada:1`, sorted. */
  readonly words: readonly string[];
  /** What became of each, where it was to be mended: `mended …: what was done`, or `left …: why`; sorted. */
  readonly mendings: readonly string[];
  readonly undecided: readonly string[];
  readonly refused: readonly string[];
  readonly figures: VerifyFigures;
}

export type ProvedWorker = Pick<ReplayedWorker, 'container' | 'drain' | 'close'>;

/** A worker, its table and all that it derives. */
export class ProofWorld {
  readonly container: Container;
  readonly #worker: ProvedWorker;
  readonly #handle: ReturnType<typeof handlerOf>;
  readonly #rows = new Map<string, TableRow>();
  #sequence = 100;

  /** @param worker that handles the changes. */
  constructor(worker: ProvedWorker) {
    this.#worker = worker;
    this.container = worker.container;
    this.#handle = handlerOf(streamWorker(worker.container), { failureMode: 'report', deadlineMarginMs: 0 });
  }

  /** In the memory of this process. */
  static async inMemory(definition: TableDefinition = PROVED): Promise<ProofWorld> {
    const log = { level: 'silent', stream: process.stderr, readable: true } as const;
    return new ProofWorld(await replayWorker({ kind: 'memory' }, { definition, log }));
  }

  /** Writes a row, or removes it, and has the worker handle the change. */
  async write(...rows: readonly TableRow[]): Promise<void> {
    await this.handle(rows.map((one) => this.record(one)));
  }

  async remove(...rows: readonly TableRow[]): Promise<void> {
    await this.handle(rows.map((one) => this.record(one, true)));
  }

  /** The record of a change that is made now, and not handled yet. */
  record(given: TableRow, isRemoved = false) {
    const name = `${given.PK} ${given.SK}`;
    const before = this.#rows.get(name);
    if (isRemoved) this.#rows.delete(name);
    else this.#rows.set(name, given);
    return streamRecord({ before, after: isRemoved ? undefined : given, sequence: ++this.#sequence });
  }

  async handle(records: readonly ReturnType<typeof streamRecord>[]): Promise<void> {
    if (records.length > 0) await this.#handle({ Records: records });
    await this.#worker.drain();
  }

  async handleWithoutIndexing(records: readonly ReturnType<typeof streamRecord>[]): Promise<void> {
    await this.#handle({ Records: records });
  }

  /** Has the table's row change, and nobody handle that. */
  changeBehind(given: TableRow, isRemoved = false): Promise<void> {
    return this.changed([this.record(given, isRemoved)]);
  }

  /** Has the table be as records say, before they are handled. */
  async changed(records: readonly ReturnType<typeof streamRecord>[]): Promise<void> {
    for (const record of records) {
      const delivery = toDelivery(record, PROVED.model);
      if (delivery.kind !== 'change') throw new Error(`the record is ${delivery.kind}`);
      await this.container.get(TableReplica).apply([delivery.change]);
    }
  }

  async verify(options: Partial<VerifyOptions> = {}, verify: Verify = verifyIn(this.container, undefined)) {
    const findings: Finding[] = [];
    const [undecided, refused, mendings]: [string[], string[], string[]] = [[], [], []];
    const figures = await verify.execute(
      { ...VERIFY_DEFAULTS, settleMs: 0, ...options },
      {
        onFinding: (finding, mending) => {
          findings.push(finding);
          if (mending !== undefined) mendings.push(mendingWords(finding, mending));
        },
        onUndecided: (item, why) => undecided.push(`${item}: ${why}`),
        onRefused: ({ partition, sort }) => refused.push(`${partition} ${sort ?? ''}`),
      },
      new AbortController().signal,
    );
    const words = findings.map(({ drift, derivation, item }) => `${drift} ${derivation} ${item}`).toSorted();
    mendings.sort();
    return { findings, words, mendings, undecided, refused, figures } satisfies Verified;
  }

  /** Mends what it finds, while the indexer is at work. */
  async repair(kinds: readonly DriftKind[] = DRIFT_KINDS, options: Partial<VerifyOptions> = {}) {
    const backlog = this.container.get(SearchBacklog);
    const drain = () => this.#worker.drain();
    class Drained extends SearchBacklog {
      override async waiting(signal?: AbortSignal): Promise<number> {
        await drain();
        return backlog.waiting(signal);
      }
    }
    this.container.rebind(SearchBacklog).toConstantValue(new Drained());
    return this.verify({ repair: kinds, ...options });
  }

  get index(): SearchIndex {
    return this.container.get(SearchIndex);
  }

  get fences(): SearchFences {
    return this.container.get(SearchFences);
  }

  get matcher(): MatcherRepository {
    return this.container.get(MatcherRepository);
  }

  get images(): ImageRepository {
    return this.container.get(ImageRepository);
  }

  get derivedRows(): DerivedRowRepository {
    return this.container.get(DerivedRowRepository);
  }

  async close(): Promise<void> {
    await this.#worker.close();
  }
}
