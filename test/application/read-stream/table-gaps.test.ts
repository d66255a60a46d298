import { expect } from 'chai';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { TableGaps } from '../../../src/application/read-stream/table-gaps.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';
const [FIRST, SECOND, ALONE] = ['2026-01', '2026-02', '2026-03'].map(
  (month) => `${TABLE}/stream/${month}-05T09:00:00.000`,
) as [string, string, string];

describe('the gaps of a table', () => {
  let states: MemoryShardStates;
  const gap = (at: number) => ({ shard: 's', reason: 'trimmed', after: '7', at }) as const;

  beforeEach(async () => {
    states = new MemoryShardStates();
    await states.add(
      TABLE,
      [FIRST, SECOND].map((id) => ({ id, parent: undefined, start: 'horizon' })),
    );
    await states.noteGaps(FIRST, [gap(3)]);
    await states.noteGaps(SECOND, [gap(1)]);
    await states.noteGaps(ALONE, [gap(2)]);
  });

  it('are those of all of its streams, also such as are read no more, in the order in which they were noted', async () => {
    expect(await new TableGaps(states, TABLE).open()).to.deep.equal([
      { stream: SECOND, ...gap(1) },
      { stream: FIRST, ...gap(3) },
    ]);
    const others = [ALONE, FIRST];
    expect((await new TableGaps(states, TABLE, others).open()).map(({ at }) => at)).to.deep.equal([1, 2, 3]);
  });

  it('are closed as they were told, and not where they were noted again since', async () => {
    const gaps = new TableGaps(states, TABLE);
    const told = await gaps.open();
    await states.closeGaps(SECOND, [gap(1)]);
    await states.noteGaps(SECOND, [gap(9)]);
    for (const again of [false, true]) {
      await gaps.close(told);
      expect(await gaps.open(), `${again}`).to.deep.equal([{ stream: SECOND, ...gap(9) }]);
    }
    expect(await states.gaps(ALONE)).to.deep.equal([gap(2)]);
  });
});
