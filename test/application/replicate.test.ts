import { expect } from 'chai';
import { TableReplica } from '../../src/application/ports/table-replica.ts';
import type { Change } from '../../src/domain/change.ts';
import { Fault, type FaultKind } from '../../src/domain/fault.ts';
import { memoryBackend } from '../adapters/memory/memory-harness.ts';
import { range } from '../support/range.ts';
import { faaRow, SourceTable, type TableRow } from '../support/stream-records.ts';
import { ScriptedQuarantine } from './doubles.ts';
import { aWorker, inShort } from './worker.ts';

const BAD = 'a model that it can never keep';

/** Keeps rows in memory, and refuses each call in which a row has that model, as a statement for many does: without saying which. */
class PickyReplica extends TableReplica {
  readonly inner = memoryBackend();
  readonly sizes: number[] = [];
  readonly #kind: FaultKind;

  constructor(kind: FaultKind = 'permanent') {
    super();
    this.#kind = kind;
  }

  override async apply(changes: readonly Change[]) {
    this.sizes.push(changes.length);
    if (changes.some(({ after }) => typeof after !== 'string' && after.get('model') === BAD))
      throw new Fault(this.#kind, 'value overflows numeric format');
    return this.inner.table.apply(changes);
  }
}

const aQuarantine = () => new ScriptedQuarantine((records) => records.map(() => 'done'));

function bad(registration: string): TableRow {
  return faaRow(registration, { model: BAD });
}

describe('A batch of which a replica can never keep one row', () => {
  it('given good rows beside it, then it alone goes to quarantine, and all others are applied', async () => {
    const replica = new PickyReplica();
    const kept = aQuarantine();
    const table = new SourceTable();
    const records = range(9).map((n) => table.put(n === 4 ? bad('N4') : faaRow(`N${n}`)));
    const worker = aWorker({ backend: replica.inner, replica, quarantine: kept });
    const { outcomes } = await worker.handle(...records);
    expect(inShort(outcomes)).to.deep.equal(range(9).map((n) => (n === 4 ? 'quarantined' : 'applied')));
    expect(kept.calls.flat().map(({ record }) => record.sequenceNumber)).to.deep.equal([
      records[4]?.dynamodb['SequenceNumber'],
    ]);
    expect(replica.inner.queue.drain()).to.have.length(8);
    // All, then halves: not each row by itself.
    expect(replica.sizes).to.deep.equal([9, 5, 3, 2, 1, 1, 4]);
  });

  it('given changes of its item before and behind it, then those before are applied, and those behind wait for it', async () => {
    const replica = new PickyReplica();
    const table = new SourceTable();
    const records = [faaRow('N1'), bad('N1'), faaRow('N2'), faaRow('N1', { owner_name: 'later' })];
    const { outcomes } = await aWorker({ backend: replica.inner, replica }).handle(
      ...records.map((row) => table.put(row)),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'failed', 'applied', 'held back']);
    expect(outcomes[1]).to.have.nested.property('fault.kind', 'permanent');
  });

  it('given a quarantine, then what waited for it follows', async () => {
    const replica = new PickyReplica();
    const table = new SourceTable();
    const records = [bad('N1'), faaRow('N1', { owner_name: 'later' }), faaRow('N2')].map((row) =>
      table.put(row),
    );
    const worker = aWorker({ backend: replica.inner, replica, quarantine: aQuarantine() });
    const { outcomes } = await worker.handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied', 'applied']);
  });

  it('given a fault that is of no row, then all fail together, and nothing is tried in parts', async () => {
    const replica = new PickyReplica('configuration');
    const table = new SourceTable();
    const { outcomes } = await aWorker({ backend: replica.inner, replica }).handle(
      table.put(faaRow('N1')),
      table.put(bad('N2')),
    );
    expect(inShort(outcomes)).to.deep.equal(['failed', 'failed']);
    expect(replica.sizes).to.deep.equal([2]);
  });
});
