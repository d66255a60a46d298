import { expect } from 'chai';
import { PAGES, published } from '../../bench/publish/publish.ts';
import { readResults, resultsJson, resultsOf } from '../../bench/publish/results.ts';
import { read } from './markdown.ts';

describe('what the documents say of performance', () => {
  const json = read('bench/results.json');
  const results = readResults(json);

  for (const path of Object.keys(PAGES))
    it(`in ${path} is what was measured last: publishing it again changes nothing`, async () => {
      const page = read(path);
      expect(await published(path, page, results)).to.equal(page);
    });

  it('of what is met and what is missed follows from what was measured', () => {
    const { runs, figures } = results;
    expect(resultsJson(resultsOf(runs, figures))).to.equal(json);
  });

  it('is of whole runs', () => {
    expect(results.runs.filter(({ isSmoke }) => isSmoke)).to.deep.equal([]);
  });
});
