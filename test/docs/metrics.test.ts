import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { ALWAYS_PUBLISHED, EFFECT_HEADINGS, METRICS } from '../../src/application/ports/metrics.ts';

describe('the operations guide', () => {
  it('explains every metric, and none that there is not', async () => {
    const guide = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const section = /## Metrics\n([^]*?)\n## /.exec(guide)?.[1] ?? '';
    const rows = [...section.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) +\|$/gm)].map(([, ...cells]) => cells);
    expect(rows).to.deep.equal(Object.entries(METRICS).map(([name, [unit, what]]) => [name, unit, what]));
    const headings = [...section.matchAll(/^\| `<effect>:(\w+)` +\| Count +\| (.*?) +\|$/gm)];
    expect(headings.map(([, name, what]) => [name, what])).to.deep.equal(Object.entries(EFFECT_HEADINGS));
    for (const name of Object.values(ALWAYS_PUBLISHED).flat())
      expect(section.split('| metric')[0]).to.contain(`\`${name}\``);
  });
});
