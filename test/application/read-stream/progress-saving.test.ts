import { expect } from 'chai';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { PartlyWritten } from '../../../src/application/ports/partly-written.ts';
import type { Advance } from '../../../src/application/ports/shard-states.ts';
import { ProgressSaving } from '../../../src/application/read-stream/progress-saving.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Random } from '../../../src/random/random.ts';
import { isRejected } from '../../support/is-rejected.ts';
import { ModelledSource } from '../../../src/simulation/reader/modelled-source.ts';
import { CountedStream } from './counted-stream.ts';

describe('ProgressSaving', () => {
  it('given some that could not be written, then of the others it is told, and those alone are saved again', async () => {
    const saved: (readonly Advance[])[] = [];
    const failing = new PartlyWritten(['c'], ['b'], new Fault('transient', 'throttled'));
    const states = Object.assign(new MemoryShardStates(), {
      advance: async (_: string, moves: readonly Advance[]) => {
        saved.push(moves);
        if (saved.length === 1) throw failing;
        return [];
      },
    });
    const stream = new CountedStream(() => 0, Random.of(1), 1);
    const settings = { iteratorMs: 1, listPage: 1, emptyPages: 0, hasChildrenOf: true };
    const source = new ModelledSource(stream, Random.of(2), settings);
    const told: string[] = [];
    const saving = new ProgressSaving(
      { states, source },
      () => 1,
      (shard) => told.push(`lost ${shard}`),
      (shard) => told.push(`completed ${shard}`),
    );
    for (const shard of ['a', 'b', 'c']) saving.note(shard, { complete: true });
    const { signal } = new AbortController();
    expect(await isRejected(saving.save(signal))).to.equal(true);
    expect(told).to.deep.equal(['completed a', 'lost c']);
    await saving.save(signal);
    expect(saved[1]).to.deep.equal([{ shard: 'b', epoch: 1, complete: true }]);
    expect(told.slice(2)).to.deep.equal(['completed b']);
  });
});
