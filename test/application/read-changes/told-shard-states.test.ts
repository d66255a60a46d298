import { expect } from 'chai';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { ToldShardStates } from '../../../src/application/read-changes/told-shard-states.ts';
import type { Gap } from '../../../src/domain/shard.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders';
const STREAM = `${TABLE}/stream/2026-01-05T09:00:00.000`;
const GAP: Gap = { shard: 'one', reason: 'trimmed', after: '5', at: 1 };

describe('shard states that tell what changes', () => {
  let told: string[];
  let inner: MemoryShardStates;
  let states: ToldShardStates;

  beforeEach(() => {
    told = [];
    inner = new MemoryShardStates();
    states = new ToldShardStates(inner, 'test', {
      newShards: ({ shards }) => told.push(`+${shards.join()}`),
      removedShards: ({ shards }) => told.push(`-${shards.join()}`),
      gap: ({ reason, at }) => told.push(`${reason} ${at}`),
    });
  });

  it('given shards that others have noted or handled, then those to come are told once, and complete ones never came', async () => {
    const named = `${STREAM}#test`;
    const shard = (id: string) => ({ id, parent: undefined, start: 'horizon' as const });
    await inner.add(named, [shard('old'), shard('one')]);
    await inner.advance(named, [{ shard: 'old', epoch: 0, complete: true }]);
    await states.load(STREAM);
    await states.load(STREAM);
    await inner.add(named, [shard('two')]);
    await inner.forget(named, ['old']);
    await states.load(STREAM);
    expect(told).to.deep.equal(['+one', '+two', '-old']);
  });

  it('given the streams of a table, then they are no shards', async () => {
    await states.add(TABLE, [{ id: STREAM, parent: undefined, start: 'horizon' }]);
    expect(await states.load(TABLE)).to.have.length(1);
    expect(told).to.deep.equal([]);
  });

  it('given a gap, then it is told once, whoever noted it; once it is closed, another like it is another', async () => {
    await states.noteGaps(STREAM, [GAP]);
    await inner.noteGaps(`${STREAM}#test`, [{ ...GAP, reason: 'vanished' }]);
    for (let n = 0; n < 2; n++) await states.gaps(STREAM);
    expect(told).to.deep.equal(['trimmed 1', 'vanished 1']);
    await states.closeGaps(STREAM, [GAP]);
    expect(await states.gaps(STREAM)).to.have.length(1);
    await states.noteGaps(STREAM, [{ ...GAP, at: 2 }]);
    expect(told.slice(2)).to.deep.equal(['trimmed 2']);
  });
});
