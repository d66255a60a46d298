import { expect } from 'chai';
import { MemoryMatcherRepository } from '../../src/adapters/memory/memory-matcher-repository.ts';
import { UpdateMatcherTuple } from '../../src/application/update-matcher-tuple.ts';
import { commandsOf, type UpdateMatcherTupleCommand } from '../../src/domain/command.ts';
import { isAssumed } from '../../src/domain/count-move.ts';
import { Fault } from '../../src/domain/fault.ts';
import { changeOf, linkRow, type RecordParts, streamRecord } from '../support/stream-records.ts';
import { aRetrier, ScriptedMatcher } from './doubles.ts';

const A = linkRow('2072423', '1', ['CESSNA', '172S', 'C172']);
const B = linkRow('2072423', '1', ['CESSNA', '182T', 'C182']);

function command(parts: RecordParts): UpdateMatcherTupleCommand {
  const found = commandsOf(changeOf(streamRecord(parts))).find((one) => one.does === 'count');
  if (found === undefined) throw new Error('the change asks nothing of the matcher');
  return found;
}

describe('UpdateMatcherTuple, as to which states it reads', () => {
  let inner: MemoryMatcherRepository;
  let matcher: ScriptedMatcher;
  let useCase: UpdateMatcherTuple;
  let requests: string[];

  beforeEach(() => {
    requests = [];
    inner = new MemoryMatcherRepository();
    matcher = new ScriptedMatcher(
      {
        load: (rows) => {
          requests.push('load');
          return inner.load(rows);
        },
        apply: (moves) => {
          requests.push('apply');
          return inner.apply(moves);
        },
      },
      inner,
    );
    useCase = new UpdateMatcherTuple(matcher, aRetrier());
  });

  /** Handles a batch and says what it asked. */
  async function handle(...parts: RecordParts[]): Promise<readonly string[]> {
    requests.length = 0;
    const { failed } = await useCase.execute(parts.map(command));
    expect(failed.size).to.equal(0);
    return [...requests];
  }

  const first: RecordParts = { after: A, sequence: 1 };
  const second: RecordParts = { before: A, after: B, sequence: 2 };
  const third: RecordParts = { before: B, after: A, sequence: 3 };
  const fourth: RecordParts = { before: A, after: B, sequence: 4 };
  const fifth: RecordParts = { before: B, sequence: 5 };

  it('given changes in order, then no batch reads', async () => {
    for (const each of [first, second, third]) expect(await handle(each)).to.deep.equal(['apply']);
  });

  it('given a batch that comes again, then the next one reads first, and the one after it does not', async () => {
    await handle(first);
    expect(await handle(first), 'comes again').to.deep.equal(['apply', 'load']);
    expect(await handle(second), 'the next one').to.deep.equal(['load', 'apply']);
    expect(await handle(third), 'the one after').to.deep.equal(['apply']);
  });

  it('given batches that all come again, then they are read, and write nothing', async () => {
    await handle(first, second);
    expect(await handle(first)).to.deep.equal(['apply', 'load']);
    expect(await handle(second)).to.deep.equal(['load']);
    expect(await handle(first, second)).to.deep.equal(['load']);
    expect(await handle(third)).to.deep.equal(['load', 'apply']);
    expect(await handle(fourth)).to.deep.equal(['apply']);
  });

  it('given that assumptions hold again, then one that does not is followed by one batch that reads', async () => {
    await handle(first);
    for (let n = 0; n < 4; n++) await handle(first);
    expect(await handle(second)).to.deep.equal(['load', 'apply']);
    expect(await handle(third)).to.deep.equal(['apply']);
    expect(await handle(third), 'comes again').to.deep.equal(['apply', 'load']);
    expect(await handle(fourth)).to.deep.equal(['load', 'apply']);
    expect(await handle(fifth)).to.deep.equal(['apply']);
  });

  it('given a store that refuses what the domain would take, then the next batches read first', async () => {
    // As DynamoDB does with states that an earlier version wrote.
    const strict = new ScriptedMatcher(
      {
        apply: async (moves) =>
          moves.some(({ from }) => isAssumed(from)) ? moves.map(() => 'conflict') : inner.apply(moves),
      },
      inner,
    );
    const careful = new UpdateMatcherTuple(strict, aRetrier());
    const refused: number[] = [];
    for (let n = 0; n < 140; n++) {
      const change: RecordParts = n % 2 === 0 ? { before: B, after: A } : { before: A, after: B };
      const before = strict.applies.length;
      await careful.execute([command({ ...change, sequence: n + 1 })]);
      if (strict.applies[before]?.some(({ from }) => isAssumed(from))) refused.push(n);
    }
    // One batch reads in between, then 2, 4, 8 … and never more than 64.
    expect(refused).to.deep.equal([0, 2, 5, 10, 19, 36, 69, 134]);
  });

  it('given a lost change, then the one after it is refused, read and done, and the next batch reads', async () => {
    await handle(first);
    expect(await handle(third)).to.deep.equal(['apply', 'load', 'apply']);
    expect(await handle(fourth)).to.deep.equal(['load', 'apply']);
    expect(await handle(fifth)).to.deep.equal(['apply']);
  });

  it('given several changes of a link, then the first of them says what was counted', async () => {
    await handle(first);
    expect(await handle(second, third, fourth)).to.deep.equal(['apply']);
    expect(await handle(fifth)).to.deep.equal(['apply']);
  });

  it('given a batch of which a part comes again, and counts the same, then its states are as assumed', async () => {
    const kept: RecordParts = { before: A, after: { ...A, note: 1 }, sequence: 2 };
    await handle(first);
    await handle(kept);
    expect(await handle(first)).to.deep.equal(['apply', 'load']);
    expect(await handle(kept, { before: A, after: A, sequence: 3 })).to.deep.equal(['load', 'apply']);
    expect(await handle(fourth)).to.deep.equal(['apply']);
  });

  it('given an old image that is withheld, then that state is read, and the next batch does not read', async () => {
    await handle(first);
    const withheld = command(second);
    requests.length = 0;
    await useCase.execute([{ ...withheld, change: { ...withheld.change, before: 'withheld' } }]);
    expect(requests).to.deep.equal(['load', 'apply']);
    expect(await handle(third)).to.deep.equal(['apply']);
  });

  it('given a batch that counts nothing, then nothing is known of states: the next one reads still', async () => {
    await handle(first);
    await handle(first);
    expect(await handle()).to.deep.equal([]);
    expect(await handle(second)).to.deep.equal(['load', 'apply']);
  });

  it('given a refusal that comes from what was assumed, then the state decides, and it is done', async () => {
    // As a count without a row is: it would fall below zero.
    await handle(first);
    const refusing = new ScriptedMatcher(
      {
        apply: async (moves) => {
          const below = new Fault('configuration', 'below zero');
          return moves.some(({ from }) => isAssumed(from)) ? moves.map(() => below) : inner.apply(moves);
        },
      },
      inner,
    );
    const { failed, tally } = await new UpdateMatcherTuple(refusing, aRetrier()).execute([command(second)]);
    expect(failed.size).to.equal(0);
    expect(tally).to.include({ moved: 1 });
    expect(refusing.applies).to.have.length(2);
    expect([...inner.counts()].map(({ tuple, count }) => [tuple['model'], count.text])).to.deep.equal([
      ['182T', '1'],
    ]);
  });
});
