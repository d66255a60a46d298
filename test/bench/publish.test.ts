import { cp, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { exactly } from '../../bench/measures/statistics.ts';
import { publish } from '../../bench/publish/publish.ts';
import { type Part, readResults, replaced, type Results, resultsOf } from '../../bench/publish/results.ts';
import { withRegions } from '../../bench/publish/regions.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

describe('publishing what was measured', () => {
  let copy: string;
  let before: Results;

  beforeEach(async () => {
    copy = await mkdtemp(join(tmpdir(), 'contrail-publish-'));
    for (const folder of ['bench', 'docs']) await mkdir(join(copy, folder));
    for (const file of FILES) await cp(join(ROOT, file), join(copy, file));
    before = readResults(await text('bench/results.json'));
  });

  afterEach(() => rm(copy, { recursive: true }));

  const text = (file: string) => readFile(join(copy, file), 'utf8');

  /** A run of these parts, with other figures of the engine and of the tail. */
  function run(parts: readonly Part[]): Results {
    const [one] = before.runs;
    const engine = before.figures.engine.map((comparison) => ({ ...comparison, ratio: exactly(0.123) }));
    const figures = { ...before.figures, engine, tail: exactly(9.87) };
    return resultsOf([{ ...one!, parts, machine: { ...one!.machine, processor: 'Another' } }], figures);
  }

  it('given one part, then its figures are in all places, and those of the other parts are as they were', async () => {
    await publish(copy, run(['engine', 'batches']), ['engine']);
    const page = await text('docs/performance.md');
    expect(page).to.match(/processor against unmarshall +\| +≤ 1 \| +0\.123 \| met /);
    expect(page)
      .to.match(/^- `engine`: Another, /m)
      .and.not.include('9.87');
    expect(await text('README.md')).to.match(/take \*\*0\.123\*\* of the time of `unmarshall`/);
    const { runs, figures } = readResults(await text('bench/results.json'));
    expect(figures).to.deep.equal({ ...before.figures, engine: figures.engine });
    expect(figures.engine[0]?.ratio.median).to.equal(0.123);
    expect(runs.filter(({ parts }) => parts.includes('engine'))).to.have.length(1);
  });

  it('given a part that the run did not measure, then nothing is written', async () => {
    const files = await Promise.all(FILES.map(text));
    const error = await publish(copy, run(['batches']), ['engine']).catch((thrown: unknown) => thrown);
    expect(error).to.match(/the run did not measure engine/);
    expect(await Promise.all(FILES.map(text))).to.deep.equal(files);
  });

  it('given servers that were not there, then the figures of when they were stay', () => {
    const { runs, figures } = run(['engine', 'local']);
    const after = replaced(before, resultsOf(runs, { ...figures, local: 'no Java' }), ['engine', 'local']);
    expect(after.figures.local).to.deep.equal(before.figures.local);
    expect(after.runs[0]?.parts).to.deep.equal(['engine']);
  });

  it('given a page without one of the measured parts, or with another, then it is refused', () => {
    const page = '<!-- measured:goals -->\n\nold\n\n<!-- measured:end -->\n';
    expect(withRegions(page, { goals: 'new' })).to.equal(page.replace('old', 'new'));
    expect(() => withRegions(page, { goals: '', runs: '' })).to.throw('must have one part runs');
    expect(() => withRegions(page, {})).to.throw('a part goals, of which nothing is known');
    expect(() => withRegions(page + page, { goals: '' })).to.throw('must have one part goals');
  });
});

const FILES = ['README.md', 'docs/performance.md', 'bench/results.json'];
