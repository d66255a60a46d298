import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const RECORDINGS = { shop: 'orders.ndjson', badges: 'plays.ndjson', 'by-id': 'products.ndjson' };
const FLEETS = ['search', 'defaultImages', 'default images', 'matcher', 'derivedRows'];

function replay(example: keyof typeof RECORDINGS, args: readonly string[], env = {}) {
  const cwd = `${ROOT}examples/${example}`;
  return run([...BUNDLED_CONTRAIL, 'replay', RECORDINGS[example], '--verify', ...args], '', { cwd, env });
}

describe('what a replay calls the kinds of derivations', function () {
  this.timeout(60_000);

  for (const [example, kinds] of [
    ['shop', ['documents', 'pointers', 'counts', 'rows']],
    ['by-id', ['documents', 'counts']],
    ['badges', ['effects']],
  ] as const)
    it(`given the example ${example}, then the report for people has the kinds of its definition, by their general names`, async () => {
      const { out } = await replay(example, []);
      const [counted = '', proved = ''] = out.split('\nproof:');
      const namesIn = (text: string) =>
        [...text.matchAll(/^([a-z ]+?) {2,}(?:\d|nothing compared)/gm)].flatMap(([, name]) =>
          name === 'records' ? [] : [name],
        );
      expect(namesIn(counted)).to.deep.equal(kinds);
      expect(namesIn(proved)).to.deep.equal(kinds.filter((kind) => kind !== 'effects'));
    });

  it('given the example shop, then so have the report for programs and the log, and the state nothing of the fleet', async () => {
    const { out, err } = await replay('shop', ['--report', 'json'], { LOG_LEVEL: 'info' });
    const report = JSON.parse(out) as {
      readonly checked: object;
      readonly documents: { readonly upserts: number };
    };
    expect(report)
      .to.include.keys('documents', 'pointers', 'counts', 'rows', 'effects')
      .and.not.to.have.any.keys(FLEETS);
    expect(report.documents.upserts).to.equal(4);
    expect(report.checked).to.have.all.keys('documents', 'pointers', 'counts', 'rows');
    const line = err.split('\n').find((text) => text.includes('"message":"batch"')) ?? '{}';
    expect(JSON.parse(line))
      .to.include.keys('documents', 'pointers', 'counts', 'rows')
      .and.not.to.have.any.keys('effects', ...FLEETS);
    const state = await replay('shop', ['--state', '-']);
    expect(JSON.parse(state.out)).not.to.have.any.keys('defaultImages', 'matcher');
  });

  it('given the fleet, then its reports and its log have the names that it always had', async () => {
    const { out, err } = await run(
      [
        ...BUNDLED_CONTRAIL,
        'replay',
        'fixtures/sample.ndjson',
        '--verify',
        '--report',
        'json',
        '--batch-size',
        '2000',
      ],
      '',
      { env: { LOG_LEVEL: 'info' } },
    );
    const report = JSON.parse(out) as { readonly checked: object };
    const kinds = ['search', 'defaultImages', 'matcher', 'derivedRows'];
    expect(report).to.include.keys(...kinds, 'effects');
    expect(report.checked).to.have.all.keys(kinds);
    const line = err.split('\n').find((text) => text.includes('"message":"batch"')) ?? '{}';
    expect(JSON.parse(line))
      .to.include.keys('search', 'defaultImages', 'matcher')
      .and.not.to.have.any.keys('documents', 'counts');
  });
});
