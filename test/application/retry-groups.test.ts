import { expect } from 'chai';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { lowestFailed } from '../../src/application/checkpoint.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import type { CountMove } from '../../src/domain/count-move.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { range } from '../support/range.ts';
import { faaRow, linkRow, SourceTable } from '../support/stream-records.ts';
import { ScriptedMatcher, ScriptedQueue } from './doubles.ts';
import { aWorker, derivedBy, inShort } from './worker.ts';

const LARGE = 'large';
const tooLarge = new Fault('permanent', 'too large');

/** Takes no document whose owner has a large name. */
const queueOf = () =>
  new ScriptedQueue((actions) =>
    actions.map(({ document }) => (document?.['owner_name'] === LARGE ? tooLarge : 'done')),
  );

describe('a change that can never be carried out', () => {
  it('given an earlier change of its document, then that one is sent, and the change alone is poison', async () => {
    const queue = queueOf();
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const records = [
      table.put(faaRow('N1', { owner_name: 'small' })),
      table.put(faaRow('N1', { owner_name: LARGE })),
      ...range(3).map((n) => table.put(faaRow(`M${n}`))),
    ];
    const { outcomes, search } = await aWorker({ queue, quarantine }).handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['applied', 'quarantined', 'applied', 'applied', 'applied']);
    expect(quarantine.kept.map(({ raw }) => raw)).to.deep.equal([records[1]]);
    expect(
      queue.calls[1]?.map(({ identity, document }) => [identity.sequence, document?.['owner_name']]),
    ).to.deep.equal([['1', 'small']]);
    expect(search.upserts).to.equal(4);
  });

  it('given no quarantine, then the earlier change is not reported as failed', async () => {
    const table = new SourceTable();
    const records = [
      table.put(faaRow('N1', { owner_name: 'small' })),
      table.put(faaRow('N1', { owner_name: LARGE })),
    ];
    const { outcomes } = await aWorker({ queue: queueOf() }).handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['applied', 'failed']);
    expect(
      lowestFailed(
        records.map((record) => toDelivery(record, fleet.model)),
        outcomes,
      ),
    ).to.equal('2');
  });

  it('given a later change of its document, then that one stands for all', async () => {
    const queue = queueOf();
    const table = new SourceTable();
    const { outcomes } = await aWorker({ queue }).handle(
      table.put(faaRow('N1', { owner_name: LARGE })),
      table.put(faaRow('N1', { owner_name: 'small' })),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'applied']);
    expect(queue.calls).to.have.length(1);
  });

  it('given several of one document, then each is poison by itself, and none is asked for twice', async () => {
    const queue = queueOf();
    const table = new SourceTable();
    const quarantine = new MemoryQuarantine();
    const { outcomes } = await aWorker({ queue, quarantine }).handle(
      table.put(faaRow('N1', { owner_name: LARGE, status: '1' })),
      table.put(faaRow('N1', { owner_name: LARGE, status: '2' })),
      ...range(2).map((n) => table.put(faaRow(`M${n}`))),
    );
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'quarantined', 'applied', 'applied']);
    expect(queue.calls.map(({ length }) => length)).to.deep.equal([3, 1]);
  });

  for (const kind of ['transient', 'configuration'] as const)
    it(`given a ${kind} fault, then all that rest on the effect fail`, async () => {
      const queue = new ScriptedQueue((actions) => actions.map(() => new Fault(kind, 'no')));
      const table = new SourceTable();
      const { outcomes } = await aWorker({ queue, retries: { attempts: 1 } }).handle(
        table.put(faaRow('N1', { status: '1' })),
        table.put(faaRow('N1', { status: '2' })),
      );
      expect(inShort(outcomes)).to.deep.equal(['failed', 'held back']);
      expect(queue.calls).to.have.length(1);
    });

  it('given an earlier change of its link, then that one is counted, and the change alone is poison', async () => {
    const { backend } = aWorker();
    const matcher = new ScriptedMatcher(
      {
        apply: async (moves) => {
          const isLarge = ({ to }: CountMove) => to.contributions[0]?.tuple['model'] === LARGE;
          const results = [...(await backend.matcher.apply(moves.filter((move) => !isLarge(move))))];
          return moves.map((move) => (isLarge(move) ? tooLarge : (results.shift() ?? tooLarge)));
        },
      },
      backend.matcher,
    );
    const quarantine = new MemoryQuarantine();
    const table = new SourceTable();
    const records = [
      table.put(linkRow('1', '1', ['CESSNA', '172', 'C172'])),
      table.put(linkRow('1', '1', ['CESSNA', LARGE, 'C172'])),
      table.put(linkRow('1', '2', ['CESSNA', '172', 'C172'])),
    ];
    const { outcomes } = await aWorker({ backend, matcher, quarantine }).handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['applied', 'quarantined', 'applied']);
    const { counts } = await derivedBy(backend);
    expect(counts).to.deep.equal([['CESSNA', '172', 'C172', 2]]);
  });
});
