import { expect } from 'chai';
import type { Spread } from '../../bench/measures/statistics.ts';
import { figure, spread } from '../../bench/report/figures.ts';
import { read } from './markdown.ts';

interface Results {
  readonly goals: readonly { readonly what: string; readonly measured: Spread; readonly met: boolean }[];
}

describe('what the documents say of performance', () => {
  const { goals } = JSON.parse(read('bench/results.json')) as Results;

  it('in the table is of the last complete run of the benchmark', () => {
    const [, table = ''] =
      /^\| goal, as a ratio in one run.*\n\| -.*\n((?:\|.*\n)+)/m.exec(read('docs/performance.md')) ?? [];
    const shown = table
      .trimEnd()
      .split('\n')
      .map((row) =>
        row
          .split('|')
          .map((cell) => cell.trim())
          .slice(3, 5),
      );
    expect(shown).to.deep.equal(goals.map(({ measured, met }) => [spread(measured), met ? 'met' : 'missed']));
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
