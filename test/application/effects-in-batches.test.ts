import { expect } from 'chai';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { Fault } from '../../src/domain/fault.ts';
import { SourceTable, streamRecord } from '../support/stream-records.ts';
import { ScriptedQuarantine } from './doubles.ts';
import { order, type OrderChange, type OrderSpec, withEffects } from './effects.ts';
import { aWorkerOf, orderRow } from './shop.ts';
import { derivedBy, inShort } from './worker.ts';

const nameOf = ({ after }: OrderChange) => after?.status ?? 'gone';

/** Some changes of some orders: `a1` is the first change of order a. */
function changesOf(...names: readonly string[]) {
  const table = new SourceTable({ firstSequence: 100n });
  return names.map((name) => table.put(orderRow('anna', name.slice(0, 1), { status: name, total: 1 })));
}

/** Fails for the names, with a fault of a kind. */
function failingFor(
  names: readonly string[],
  kind: 'transient' | 'permanent',
  ran: string[] = [],
): OrderSpec {
  return {
    attempts: 1,
    run: (change) => {
      ran.push(nameOf(change));
      if (names.includes(nameOf(change))) throw new Fault(kind, `no ${nameOf(change)}`, { reason: 'no' });
    },
  };
}

/** A definition with an effect, and with a count that everything is seen by. */
function counted(spec: OrderSpec) {
  return defineTable({
    keys: { partition: 'PK', sort: 'SK' },
    rows: { order },
    derive: {
      badges: effect(order, spec),
      statuses: counts(order, { by: ['status'], at: { PK: 'STATUS', SK: '<status>' } }),
    },
  });
}

describe('a batch with effects', () => {
  it('given an effect that fails, then the later changes of its row are held back, and what else is derived is done', async () => {
    const ran: string[] = [];
    const { handle, backend } = aWorkerOf(counted(failingFor(['a1'], 'transient', ran)));
    const { outcomes, effects, matcher } = await handle(...changesOf('a1', 'b1', 'a2', 'b2'));
    expect(inShort(outcomes)).to.deep.equal(['failed', 'applied', 'held back', 'applied']);
    expect(ran).to.have.members(['a1', 'b1', 'b2']);
    expect([effects.run, matcher.incremented]).to.deep.equal([2, 2]);
    expect((await derivedBy(backend)).counts).to.deep.equal([
      ['a2', 1],
      ['b2', 1],
    ]);
  });

  it('given an effect that fails for poison without a quarantine, then it fails, and the later changes wait', async () => {
    const { handle } = aWorkerOf(withEffects({ badges: failingFor(['a1'], 'permanent') }));
    const { outcomes } = await handle(...changesOf('a1', 'a2', 'b1'));
    expect(inShort(outcomes)).to.deep.equal(['failed', 'held back', 'applied']);
  });

  it('given an effect that fails for poison, then that goes to quarantine, and the later changes follow', async () => {
    const [quarantine, ran]: [MemoryQuarantine, string[]] = [new MemoryQuarantine(), []];
    const definition = counted(failingFor(['a1'], 'permanent', ran));
    const { handle } = aWorkerOf(definition, { quarantine, quarantineMaxShare: 1 });
    const { outcomes } = await handle(...changesOf('a1', 'b1', 'a2', 'a3'));
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied', 'applied', 'applied']);
    expect(quarantine.kept.map(({ fault }) => fault.message)).to.deep.equal(['no a1']);
    expect(ran.filter((name) => name.startsWith('a'))).to.deep.equal(['a1', 'a2', 'a3']);
  });

  it('given several poison changes of one row, then each goes to quarantine in its turn', async () => {
    const [quarantine, ran]: [MemoryQuarantine, string[]] = [new MemoryQuarantine(), []];
    const definition = withEffects({ badges: failingFor(['a1', 'a2'], 'permanent', ran) });
    const { handle } = aWorkerOf(definition, { quarantine, quarantineMaxShare: 1 });
    const { outcomes } = await handle(...changesOf('a1', 'a2', 'a3'));
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'quarantined', 'applied']);
    expect(ran).to.deep.equal(['a1', 'a2', 'a3']);
  });

  it('given that the quarantine does not take it, then it fails, and the later changes are held back', async () => {
    const quarantine = new ScriptedQuarantine((records) => records.map(() => new Fault('transient', 'full')));
    const { handle } = aWorkerOf(withEffects({ badges: failingFor(['a1'], 'permanent') }), {
      quarantine,
      quarantineMaxShare: 1,
    });
    expect(inShort((await handle(...changesOf('a1', 'a2'))).outcomes)).to.deep.equal(['failed', 'held back']);
  });

  it('given records that are delivered again, then the effects that are noted do not run again', async () => {
    const ran: string[] = [];
    const { handle, metrics } = aWorkerOf(withEffects({ badges: failingFor([], 'transient', ran) }));
    const records = changesOf('a1', 'b1', 'a2');
    await handle(...records);
    const { outcomes, effects } = await handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'applied']);
    expect(ran).to.have.length(3);
    expect(effects).to.deep.equal({ run: 0, skipped: 0, repeated: 3 });
    expect(
      metrics.batches.map((batch) => [batch.metrics.get('EffectsRun'), batch.metrics.get('EffectsRepeated')]),
    ).to.deep.equal([
      [3, 0],
      [0, 3],
    ]);
  });

  describe('of a stream that carries keys only', () => {
    const record = streamRecord({
      before: orderRow('anna', 'a'),
      after: orderRow('anna', 'a'),
      viewType: 'KEYS_ONLY',
    });

    for (const [what, parts] of [
      ['the table itself is there', { replica: 'none' }],
      ['the backend keeps rows', {}],
    ] as const)
      it(`given an effect that asks for no image, when ${what}, then it runs`, async () => {
        const keys: unknown[] = [];
        const run: OrderSpec['run'] = ({ key, operation }) => keys.push({ ...key, operation });
        const { handle } = aWorkerOf(withEffects({ badges: { run } }), parts);
        expect(inShort((await handle(record)).outcomes)).to.deep.equal(['applied']);
        expect(keys).to.deep.equal([{ customer: 'anna', order: 'a', operation: 'MODIFY' }]);
      });

    it('given one that asks for an image, then that is a configuration fault that names the view type and the effect', async () => {
      const { handle } = aWorkerOf(withEffects({ badges: { run: ({ after }) => after } }), {
        replica: 'none',
      });
      const [outcome] = (await handle(record)).outcomes;
      if (outcome?.status !== 'failed') expect.fail('it has not failed');
      expect(outcome.fault.kind).to.equal('configuration');
      expect(outcome.fault.message).to.equal(
        "the stream's view type is KEYS_ONLY, but the derivation badges needs more: set the table's StreamViewType to NEW_AND_OLD_IMAGES",
      );
    });
  });
});
