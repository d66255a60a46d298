import { expect } from 'chai';
import { leastRequests, total } from '../../bench/measures/least-requests.ts';
import type { Item } from '../../bench/model/item.ts';
import { ModelledAws, TABLE } from '../../bench/model/modelled-aws.ts';
import type { TableModel } from '../../bench/model/table-model.ts';
import { tablesBefore } from '../../bench/model/world.ts';
import { contrail } from '../../bench/workers/contrail.ts';
import { recordHandler } from '../../bench/workers/record-handler.ts';
import type { Worker } from '../../bench/workers/worker.ts';
import { workload, type WorkloadName } from '../../bench/workloads/catalogue.ts';

const RECORDS = 150;
const HISTORY = 400;
const NAMES: readonly WorkloadName[] = ['mixed', 'hot tuple', 'image bursts', 'hot document'];

/** What is derived from the table, in the table: counts above zero, and default rows. */
function derived(tables: TableModel): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { PK, SK, ...attributes } of tables.items(TABLE)) {
    const name = `${PK?.S ?? ''} ${SK?.S ?? ''}`;
    const isCount = name.startsWith('ICAO#MATCHER#') && attributes['count']?.N !== '0';
    if (isCount) found[name] = attributes['count'];
    if (SK?.S === 'DEFAULT') found[name] = sorted(attributes);
  }
  return found;
}

function sorted(attributes: Item): unknown {
  return Object.entries(attributes)
    .filter(([name]) => name !== 'revision' && !name.startsWith('__edb'))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

async function handled(
  tables: TableModel,
  run: (aws: ModelledAws) => Promise<void>,
  warm?: (aws: ModelledAws) => Promise<void>,
): Promise<{ tables: TableModel; aws: ModelledAws }> {
  const aws = new ModelledAws();
  const copy = tables.clone();
  aws.reset(tables.clone(), 0);
  await warm?.(aws);
  aws.reset(copy, 0);
  await run(aws);
  return { tables: copy, aws };
}

describe('what the benchmarks compare', () => {
  for (const name of NAMES)
    it(`given ${name}, then Contrail and the worker that goes record by record leave the same, and Contrail takes at least the least requests`, async () => {
      const { history, batch } = workload(name, RECORDS, HISTORY);
      const before = await tablesBefore({ history, batch });
      let worker: Worker | undefined;
      const own = await handled(
        before,
        async () => worker?.handle(batch),
        // Which table it follows, a worker asks every ten seconds, and not for every batch.
        (aws) => (worker = contrail(aws, 'silent')).handle(batch.slice(0, 1)),
      );
      const peer = await handled(before, async (aws) => {
        const handle = recordHandler(aws, () => undefined);
        for (const record of batch) await handle(record);
      });
      expect(derived(own.tables)).to.deep.equal(derived(peer.tables));
      if (name === 'mixed') expect(derived(own.tables)).not.to.deep.equal(derived(before));
      expect(own.aws.queue.messages).to.be.at.most(peer.aws.queue.messages);

      const least = leastRequests(before, batch);
      for (const [operation, count] of Object.entries(least))
        expect(own.aws.requests[operation] ?? 0, operation).to.be.at.least(count);
      expect(total(own.aws.requests)).to.be.at.most(1.15 * total(least));
      expect(total(peer.aws.requests)).to.be.greaterThan(2 * total(least));
    });

  it('given distinct documents, then the least is a request for ten', async () => {
    const made = workload('distinct documents', 95, 0);
    const least = leastRequests(await tablesBefore(made), made.batch);
    expect(least).to.deep.equal({ SendMessageBatch: 10, Query: 0, BatchGetItem: 0, TransactWriteItems: 0 });
  });
});
