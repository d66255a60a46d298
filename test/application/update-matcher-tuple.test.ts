import { expect } from 'chai';
import { MemoryMatcherRepository } from '../../src/adapters/memory/memory-matcher-repository.ts';
import type { Result } from '../../src/application/result.ts';
import { UpdateMatcherTuple } from '../../src/application/update-matcher-tuple.ts';
import { commandsOf, type UpdateMatcherTupleCommand } from '../../src/domain/command.ts';
import { Fault } from '../../src/domain/fault.ts';
import { partOf } from '../../src/domain/row.ts';
import { link as linkOf } from '../support/factories.ts';
import { range } from '../support/range.ts';
import { changeOf, linkRow, type Plain, type RecordParts, streamRecord } from '../support/stream-records.ts';
import { aRetrier, ScriptedMatcher } from './doubles.ts';

const NONE = { incremented: 0, decremented: 0, moved: 0, unchanged: 0, repeated: 0, late: 0 };
const A: Plain[] = ['CESSNA', '172S', 'C172'];
const B: Plain[] = ['CESSNA', '182T', 'C182'];

function link(tuple: readonly Plain[] = [], serial = '1') {
  return linkRow('2072423', serial, tuple);
}

function command(parts: RecordParts): UpdateMatcherTupleCommand {
  const found = commandsOf(changeOf(streamRecord(parts))).find((one) => one.does === 'count');
  if (found === undefined) throw new Error('the change asks nothing of the matcher');
  return found;
}

function countsOf(matcher: MemoryMatcherRepository): Record<string, number> {
  return Object.fromEntries(
    [...matcher.counts()].map(({ tuple, count }) => [tuple['model'] ?? '', Number(count.text)]),
  );
}

describe('UpdateMatcherTuple', () => {
  const histories: [
    title: string,
    changes: RecordParts[],
    tally: Partial<typeof NONE>,
    counts: Record<string, number>,
  ][] = [
    ['an insertion', [{ after: link(A) }], { incremented: 1 }, { '172S': 1 }],
    ['an insertion without a valid tuple', [{ after: link(['CESSNA', ' ', 'C172']) }], { unchanged: 1 }, {}],
    [
      'a change of the tuple',
      [{ after: link(A) }, { before: link(A), after: link(B) }],
      { incremented: 1, moved: 1 },
      { '182T': 1 },
    ],
    [
      'a change that keeps the tuple',
      [{ after: link(A) }, { before: link(A), after: link([' CESSNA ', '172S', 'C172']) }],
      { incremented: 1, unchanged: 1 },
      { '172S': 1 },
    ],
    [
      'a change that gains a tuple',
      [{ after: link() }, { before: link(), after: link(A) }],
      { unchanged: 1, incremented: 1 },
      { '172S': 1 },
    ],
    [
      'a change that loses its tuple',
      [{ after: link(A) }, { before: link(A), after: link() }],
      { incremented: 1, decremented: 1 },
      {},
    ],
    ['a removal', [{ after: link(A) }, { before: link(A) }], { incremented: 1, decremented: 1 }, {}],
    ['a removal of what was never counted', [{ before: link(A) }], { unchanged: 1 }, {}],
    [
      'a change of what was never counted: it heals',
      [{ before: link(A), after: link(B) }],
      { incremented: 1 },
      { '182T': 1 },
    ],
    [
      'an insertion after a removal',
      [{ after: link(A) }, { before: link(A) }, { after: link(B) }],
      { incremented: 2, decremented: 1 },
      { '182T': 1 },
    ],
  ];
  for (const [title, changes, tally, counts] of histories) {
    const commands = changes.map((parts, index) => command({ ...parts, sequence: index + 9 }));

    it(`given ${title}, when handled one by one, then the count is right`, async () => {
      const matcher = new MemoryMatcherRepository();
      const total: Record<string, number> = { ...NONE };
      for (const each of commands) {
        const result = await new UpdateMatcherTuple(matcher, aRetrier()).execute([each]);
        expect(result.failed.size).to.equal(0);
        for (const [name, times] of Object.entries(result.tally)) total[name]! += times;
      }
      expect(total).to.deep.equal({ ...NONE, ...tally });
      expect(countsOf(matcher)).to.deep.equal(counts);
    });

    it(`given ${title}, when handled as one batch, in any order, twice, then the count is the same`, async () => {
      const matcher = new MemoryMatcherRepository();
      const useCase = new UpdateMatcherTuple(matcher, aRetrier());
      await useCase.execute(commands.toReversed());
      const again = await useCase.execute(commands);
      expect(again.tally).to.deep.equal({ ...NONE, repeated: 1 });
      expect(again.failed.size).to.equal(0);
      expect(countsOf(matcher)).to.deep.equal(counts);
    });

    it(`given ${title}, when redelivered late, one by one, then the count stays`, async () => {
      const matcher = new MemoryMatcherRepository();
      const useCase = new UpdateMatcherTuple(matcher, aRetrier());
      await useCase.execute(commands);
      for (const each of commands) await useCase.execute([each]);
      expect(countsOf(matcher)).to.deep.equal(counts);
    });
  }

  it('given many changes of few links, then it moves each link once, all in one call, and reads nothing', async () => {
    const matcher: ScriptedMatcher = new ScriptedMatcher({}, new MemoryMatcherRepository());
    const commands = range(20).map((n) => command({ after: link(A, `${n % 2}`), sequence: n + 1 }));
    const { tally } = await new UpdateMatcherTuple(matcher, aRetrier()).execute(commands);
    expect(matcher.loads).to.deep.equal([]);
    expect(matcher.applies.map((moves) => moves.map(({ to }) => to.version.sequence))).to.deep.equal([
      ['19', '20'],
    ]);
    expect(tally).to.deep.equal({ ...NONE, incremented: 2 });
  });

  it('given a late change, then its move is refused, its state read, and nothing more is written', async () => {
    const inner = new MemoryMatcherRepository();
    await new UpdateMatcherTuple(inner, aRetrier()).execute([command({ after: link(A), sequence: 5 })]);
    const answers: (readonly Result[])[] = [];
    const matcher: ScriptedMatcher = new ScriptedMatcher(
      {
        apply: async (moves) => {
          const results = await inner.apply(moves);
          answers.push(results);
          return results;
        },
      },
      inner,
    );
    const { failed, tally } = await new UpdateMatcherTuple(matcher, aRetrier()).execute([
      command({ after: link(B), sequence: 4 }),
    ]);
    expect(answers).to.deep.equal([['conflict']]);
    expect(matcher.loads).to.deep.equal([[linkOf('1')]]);
    expect(failed.size).to.equal(0);
    expect(tally).to.deep.equal({ ...NONE, late: 1 });
    expect(countsOf(inner)).to.deep.equal({ '172S': 1 });
  });

  it('given changes in their order, then no state is read, whatever they do', async () => {
    const matcher = new ScriptedMatcher({}, new MemoryMatcherRepository());
    const useCase = new UpdateMatcherTuple(matcher, aRetrier());
    await useCase.execute([command({ after: link(A), sequence: 9 })]);
    await useCase.execute([command({ before: link(A), after: link(B), sequence: 10 })]);
    await useCase.execute([command({ before: link(B), after: link(), sequence: 11 })]);
    await useCase.execute([command({ before: link(), sequence: 12 })]);
    await useCase.execute([command({ after: link(A), sequence: 13 })]);
    expect(matcher.loads).to.deep.equal([]);
    expect(matcher.applies).to.have.length(5);
  });

  it('remembers that a link was removed', async () => {
    const matcher = new MemoryMatcherRepository();
    const removed = linkOf('1');
    await new UpdateMatcherTuple(matcher, aRetrier()).execute([command({ before: link(A), sequence: 5 })]);
    expect((await matcher.load([removed]))[0]).to.deep.include({ removed: true, contributions: [] });
    await new UpdateMatcherTuple(matcher, aRetrier()).execute([command({ after: link(), sequence: 6 })]);
    expect((await matcher.load([removed]))[0]).to.deep.include({ removed: false, contributions: [] });
  });

  describe('given that somebody else moves the link in between', () => {
    it('then it reads again, and moves from what it finds', async () => {
      const inner = new MemoryMatcherRepository();
      const rival = new UpdateMatcherTuple(inner, aRetrier());
      const matcher: ScriptedMatcher = new ScriptedMatcher(
        {
          apply: async (moves) => {
            if (matcher.applies.length === 1) await rival.execute([command({ after: link(A), sequence: 5 })]);
            return inner.apply(moves);
          },
        },
        inner,
      );
      const newer = command({ before: link(A), after: link(B), sequence: 6 });
      const { failed, tally } = await new UpdateMatcherTuple(matcher, aRetrier()).execute([newer]);
      expect(failed.size).to.equal(0);
      expect(tally).to.deep.equal({ ...NONE, moved: 1 });
      expect(countsOf(inner)).to.deep.equal({ '182T': 1 });
    });

    it('to a newer version, then nothing is left to do', async () => {
      const inner = new MemoryMatcherRepository();
      const matcher: ScriptedMatcher = new ScriptedMatcher(
        {
          apply: async (moves) => {
            await new UpdateMatcherTuple(inner, aRetrier()).execute([
              command({ after: link(B), sequence: 7 }),
            ]);
            return inner.apply(moves);
          },
        },
        inner,
      );
      const { failed, tally } = await new UpdateMatcherTuple(matcher, aRetrier()).execute([
        command({ after: link(A), sequence: 6 }),
      ]);
      expect(failed.size).to.equal(0);
      expect(tally).to.deep.equal({ ...NONE, late: 1 });
      expect(countsOf(inner)).to.deep.equal({ '182T': 1 });
    });
  });

  it('given a fault of one link, then all changes of that have failed, and no others', async () => {
    const inner = new MemoryMatcherRepository();
    const fault = new Fault('transient', 'throttled');
    const matcher = new ScriptedMatcher(
      {
        load: async (links) =>
          (await inner.load(links)).map((state, n) =>
            links[n] !== undefined && partOf(links[n].row, 'serial') === '1' ? fault : state,
          ),
      },
      inner,
    );
    // The change before was lost, so that both states must be read.
    const commands = [
      command({ before: link(B, '1'), after: link(A, '1'), sequence: 1 }),
      command({ before: link(B, '2'), after: link(A, '2'), sequence: 2 }),
      command({ before: link(A, '1'), after: link(B, '1'), sequence: 3 }),
    ];
    const { failed, tally } = await new UpdateMatcherTuple(matcher, aRetrier()).execute(commands);
    expect([...failed]).to.have.deep.members([
      [commands[0]!.change, fault],
      [commands[2]!.change, fault],
    ]);
    expect(countsOf(inner), 'the other link counts').to.deep.equal({ '172S': 1 });
    expect(tally).to.deep.equal({ ...NONE, incremented: 1 });
  });

  it('given no state of a link whose change before was lost, then nothing is counted twice for it', async () => {
    const inner = new MemoryMatcherRepository();
    await new UpdateMatcherTuple(inner, aRetrier()).execute([command({ after: link(B), sequence: 3 })]);
    const matcher = new ScriptedMatcher({ load: async () => [] }, inner);
    const newer = command({ before: link(), after: link(A), sequence: 5 });
    const { failed } = await new UpdateMatcherTuple(matcher, aRetrier()).execute([newer]);
    expect(failed.get(newer.change)?.kind).to.equal('conflict');
    expect(countsOf(inner)).to.deep.equal({ '182T': 1 });
  });
});
