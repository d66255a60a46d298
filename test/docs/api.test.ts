import { readdir, readFile } from 'node:fs/promises';
import { expect } from 'chai';

const FOLDER = new URL('../../api/', import.meta.url);

describe('the reports of what the package exports', () => {
  it('say of every name what it is', async () => {
    const reports = (await readdir(FOLDER)).filter((name) => name.endsWith('.api.md'));
    expect(reports).not.to.deep.equal([]);
    for (const report of reports) {
      const text = await readFile(new URL(report, FOLDER), 'utf8');
      const without = [...text.matchAll(/^\/\/ @public \(undocumented\)\nexport .*$/gm)].map(
        ([found]) => found.split('\n')[1],
      );
      expect(without, report).to.deep.equal([]);
    }
  });
});
