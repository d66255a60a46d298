import { expect } from 'chai';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { ElectroDbMatcherRepository } from '../../../../../src/adapters/aws/electrodb/matcher/electrodb-matcher-repository.ts';
import { MemoryMetrics } from '../../../../../src/adapters/memory/memory-metrics.ts';
import { Retrier } from '../../../../../src/application/retry.ts';
import { NO_LIMIT } from '../../../../../src/application/time-limit.ts';
import { UpdateMatcherTuple } from '../../../../../src/application/update-matcher-tuple.ts';
import { commandsOf, type UpdateMatcherTupleCommand } from '../../../../../src/domain/command.ts';
import { Fault } from '../../../../../src/domain/fault.ts';
import { fleet } from '../../../../../src/fleet/definition.ts';
import { FixedRandom } from '../../../../application/doubles.ts';
import { changeOf, linkRow, SourceTable, type TableRow } from '../../../../support/stream-records.ts';
import { type Cut, SteppedTable } from './stepped-table.ts';

/** What a link is of; undefined where it is of none, `gone` where there is no such link any more. */
export type Model = string | undefined;
export type Batch = readonly UpdateMatcherTupleCommand[];

const PATIENT = { attempts: 4, conflicts: 100, baseMs: 1, capMs: 1 };

/** Links, what is counted of them in a table whose requests go step by step, and what must be. */
export class HotWorld {
  readonly table: SteppedTable;
  readonly #source = new SourceTable();
  readonly #now = new Map<string, Model>();
  readonly #latest = new Map<string, UpdateMatcherTupleCommand>();

  constructor(choose?: (from: number) => number) {
    this.table = new SteppedTable(choose);
  }

  /** What the links of these serials become: of a model, of none, or gone. */
  batch(changes: readonly (readonly [serial: number, to: Model])[]): Batch {
    return changes.map(([serial, to]) => {
      const row = link(serial, to);
      const record = to === 'gone' ? this.#source.remove(row) : this.#source.put(row);
      const command = commandsOf(changeOf(record)).find(({ does }) => does === 'count');
      if (command?.does !== 'count') throw new Error('the change asks nothing of the matcher');
      this.#now.set(String(serial), to === 'gone' ? undefined : to);
      this.#latest.set(String(serial), command);
      return command;
    });
  }

  /** Handles a batch by a worker of its own. @returns which changes failed, and how many requests it took; nothing where it ended before. */
  async handle(batch: Batch, cut?: Cut): Promise<{ failed: number; requests: number } | undefined> {
    const worker = this.table.client(cut);
    const retrier = new Retrier(this.table.sleeper, new FixedRandom(0.5), new MemoryMetrics(), PATIENT);
    const handled = new UpdateMatcherTuple(this.#matcher(worker.client), retrier)
      .execute(batch, NO_LIMIT)
      .then(({ failed }) => ({ failed: failed.size, requests: worker.requests() }));
    return Promise.race([handled, worker.gone.then(() => undefined)]);
  }

  /** Proves that counts are what the links say, and states too. */
  async expectExact(): Promise<void> {
    const expected: Record<string, number> = {};
    for (const model of this.#now.values())
      if (model !== undefined) expected[model] = (expected[model] ?? 0) + 1;
    expect(this.#counts()).to.deep.equal(expected);
    const { client } = this.table.client();
    const commands = [...this.#latest.values()];
    const states = await this.table.until(
      this.#matcher(client).load(commands.map(({ model, change }) => ({ model, row: change.row }))),
    );
    const held = states.map((state) =>
      state === undefined || Fault.is(state) ? state : state.contributions.map(({ tuple }) => tuple['model']),
    );
    expect(held).to.deep.equal(
      [...this.#latest.keys()].map((serial) => [this.#now.get(serial)].filter(Boolean)),
    );
    expect(this.#counts(), 'once all is decided').to.deep.equal(expected);
  }

  /** How many states name a commit. */
  get named(): number {
    return [...this.table.tables.items('states')].filter((item) => item['commit'] !== undefined).length;
  }

  #counts(): Readonly<Record<string, number>> {
    return Object.fromEntries(
      [...this.table.tables.items('rows')].map((item) => [item['model']?.S ?? '', Number(item['count']?.N)]),
    );
  }

  #matcher(client: DynamoDBDocumentClient): ElectroDbMatcherRepository {
    return new ElectroDbMatcherRepository(client, {
      table: 'rows',
      keys: fleet.model.keys,
      stateTable: 'states',
    });
  }
}

function link(serial: number, to: Model): TableRow {
  return linkRow('2072423', String(serial), to === undefined ? [] : ['CESSNA', to, 'C172']);
}
