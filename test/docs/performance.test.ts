import { expect } from 'chai';
import type { Spread } from '../../bench/measures/statistics.ts';
import { figure, spread } from '../../bench/report/figures.ts';
import { read } from './markdown.ts';

interface Results {
  readonly goals: readonly Goal[];
  readonly indexer: { readonly goals: readonly Goal[] };
}

interface Goal {
  readonly what: string;
  readonly measured: Spread;
  readonly met: boolean;
}

describe('what the documents say of performance', () => {
  const { goals, indexer } = JSON.parse(read('bench/results.json')) as Results;

  it('in the table is of the last complete run of the benchmark', () => {
    expect(shown('Figures')).to.deep.equal(goals.map(({ measured, met }) => cells(measured, met)));
  });

  it("in the indexer's table is of the last complete run of its part", () => {
    expect(shown('The indexer')).to.deep.equal(
      indexer.goals.map(({ measured, met }) => cells(measured, met)),
    );
  });

  it('in the README is of that run too', () => {
    const [, section = ''] = /\n## How fast it is\n([^]*?)\n## /.exec(read('README.md')) ?? [];
    const measured = (what: RegExp) => figure(goals.find((goal) => what.test(goal.what))!.measured.median);
    expect([...section.matchAll(/\*\*(.+?)\*\*/g)].map(([, ratio]) => ratio)).to.deep.equal([
      measured(/as fast as record by record/),
      measured(/as fast as Powertools in parallel/),
      measured(/requests against the least possible(?:, mixed batch of 1,000)?$/),
      measured(/against unmarshall/),
      measured(/peak memory/),
    ]);
  });
});

/** What the table of goals under a heading says of each: what was measured, and whether that is enough. */
function shown(heading: string): string[][] {
  const [, section = ''] =
    new RegExp(`\n## ${heading}\n([^]*?)(?=\n## |$)`).exec(read('docs/performance.md')) ?? [];
  const [, table = ''] = /^\| goal, as a ratio in one run.*\n\| -.*\n((?:\|.*\n)+)/m.exec(section) ?? [];
  return table
    .trimEnd()
    .split('\n')
    .map((row) =>
      row
        .split('|')
        .map((cell) => cell.trim())
        .slice(3, 5),
    );
}

function cells(measured: Spread, met: boolean): string[] {
  return [spread(measured), met ? 'met' : 'missed'];
}
