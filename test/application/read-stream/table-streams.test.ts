import { expect } from 'chai';
import { MemoryShardStates } from '../../../src/adapters/memory/memory-shard-states.ts';
import { Logger } from '../../../src/application/ports/logger.ts';
import { TableStreams } from '../../../src/application/read-stream/table-streams.ts';
import { ManualTime } from '../../support/manual-time.ts';

const TABLE = 'arn:aws:dynamodb:eu-central-1:123456789012:table/orders';
const streamOf = (month: number) => `${TABLE}/stream/2026-0${month}-05T09:00:00.000`;
const [FIRST, SECOND, THIRD] = [streamOf(1), streamOf(2), streamOf(3)] as const;

class NotedLog extends Logger {
  readonly said: string[] = [];
  override enabled() {
    return true;
  }
  override log(level: string, message: string) {
    this.said.push(`${level}: ${message}`);
  }
}

describe('the streams of a table', () => {
  let states: MemoryShardStates;
  let log: NotedLog;
  const { clock } = new ManualTime();
  beforeEach(() => {
    states = new MemoryShardStates();
    log = new NotedLog();
  });
  const streams = () => new TableStreams({ states, clock, logger: log }, TABLE);

  it('given its first stream, then it is read from where it is asked, and nothing is lost', async () => {
    for (const from of ['latest', 'horizon'] as const) {
      states = new MemoryShardStates();
      for (const again of [false, true]) {
        const read = { older: [], latest: FIRST, from };
        expect(await streams().follow(FIRST, from), `${again}`).to.deep.equal(read);
      }
      expect(await states.gaps(FIRST)).to.deep.equal([]);
    }
    expect(log.said).to.deep.equal([]);
  });

  it('given another stream, then the one before is read first, the other from its beginning, and a gap is told', async () => {
    await streams().follow(FIRST, 'latest');
    const older = [{ arn: FIRST, from: 'horizon' }];
    const read = { older, latest: SECOND, from: 'beginning' };
    expect(await streams().follow(SECOND, 'latest')).to.deep.equal(read);
    // When it was made, as it says itself: the clock here is slow.
    const at = Date.UTC(2026, 1, 5, 9);
    expect(clock.now()).to.be.below(at);
    const gap = { shard: undefined, reason: 'new stream', after: undefined, at } as const;
    expect(await states.gaps(SECOND)).to.deep.equal([gap]);
    expect(log.said).to.deep.equal(['error: the table has another stream than before']);
    // Asked again, as by another process, or after the gap was closed, it tells of it no more.
    await states.closeGaps(SECOND, [gap]);
    expect(await streams().follow(SECOND, 'latest')).to.deep.equal(read);
    expect(await states.gaps(SECOND)).to.deep.equal([]);
    expect(log.said).to.have.length(1);
  });

  it('given one that was read to its end, then it is read no more, and there is a gap all the same', async () => {
    await streams().follow(FIRST, 'horizon');
    await streams().ended(FIRST);
    const read = { older: [], latest: SECOND, from: 'beginning' };
    expect(await streams().follow(SECOND, 'latest')).to.deep.equal(read);
    expect(await states.gaps(SECOND)).to.have.length(1);
  });

  it('given several, then the oldest comes first, whatever their order', async () => {
    for (const stream of [SECOND, FIRST])
      await states.add(TABLE, [{ id: stream, parent: undefined, start: 'horizon' }]);
    const [first, second] = [
      { arn: FIRST, from: 'horizon' },
      { arn: SECOND, from: 'horizon' },
    ];
    expect((await streams().follow(THIRD, 'horizon')).older).to.deep.equal([first, second]);
    await streams().ended(FIRST);
    expect((await streams().follow(THIRD, 'horizon')).older).to.deep.equal([second]);
  });

  it('given an old answer, then the stream that it tells is not taken for the latest', async () => {
    await streams().follow(SECOND, 'horizon');
    const alone = { older: [], latest: SECOND, from: 'horizon' };
    // Also where it is from before all that were ever read.
    expect(await streams().follow(FIRST, 'horizon')).to.deep.equal(alone);
    expect((await states.load(TABLE)).map(({ id }) => id)).to.deep.equal([SECOND]);
    const read = await streams().follow(THIRD, 'horizon');
    expect(read).to.deep.equal({
      ...{ older: [{ arn: SECOND, from: 'horizon' }], latest: THIRD },
      from: 'beginning',
    });
    for (const old of [FIRST, SECOND]) expect(await streams().follow(old, 'horizon')).to.deep.equal(read);
    expect(await states.gaps(FIRST)).to.deep.equal([]);
    expect(await states.gaps(SECOND)).to.deep.equal([]);
  });

  it('given a process that ends before the stream is noted, then the gap is noted all the same', async () => {
    await streams().follow(FIRST, 'horizon');
    const add = states.add.bind(states);
    states.add = () => Promise.reject(new Error('killed'));
    await streams()
      .follow(SECOND, 'horizon')
      .catch(() => undefined);
    states.add = add;
    expect(await states.gaps(SECOND)).to.have.length(1);
  });

  it('given one that is gone, then a gap is told unless all of it was handled, and it is read no more', async () => {
    const shard = { id: 's', parent: undefined, start: 'horizon' } as const;
    for (const noted of ['nothing', 'open', 'complete']) {
      states = new MemoryShardStates();
      await streams().follow(FIRST, 'horizon');
      await streams().follow(SECOND, 'horizon');
      if (noted !== 'nothing') await states.add(FIRST, [shard]);
      if (noted === 'complete') await states.advance(FIRST, [{ shard: 's', epoch: 0, complete: true }]);
      log.said.length = 0;
      await streams().gone(FIRST);
      const told = await states.gaps(FIRST);
      const gap = { shard: undefined, reason: 'vanished', after: undefined, at: clock.now() };
      expect(told, noted).to.deep.equal(noted === 'complete' ? [] : [gap]);
      expect(log.said, noted).to.have.length(told.length);
      expect(
        (await streams().unfinished()).map(({ arn }) => arn),
        noted,
      ).to.deep.equal([SECOND]);
    }
  });
});
