import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { Spread } from '../../bench/measures/statistics.ts';
import { spread } from '../../bench/report/figures.ts';

interface Results {
  readonly goals: readonly { readonly measured: Spread; readonly met: boolean }[];
}

const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');

describe('the tables of performance', () => {
  for (const page of ['README.md', 'docs/performance.md'])
    it(`in ${page} are of the last whole run of the benchmark`, async () => {
      const { goals } = JSON.parse(await read('bench/results.json')) as Results;
      const [, table = ''] =
        /^\| goal, as a ratio in one run.*\n\| -.*\n((?:\|.*\n)+)/m.exec(await read(page)) ?? [];
      const rows = table.trimEnd().split('\n');
      const shown = rows.map((row) =>
        row
          .split('|')
          .map((cell) => cell.trim())
          .slice(3, 5),
      );
      expect(shown).to.deep.equal(
        goals.map(({ measured, met }) => [spread(measured), met ? 'met' : 'missed']),
      );
    });
});
