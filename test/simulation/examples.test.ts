import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { loadDefinition } from '../../src/entrypoints/definition/load-definition.ts';
import { simulate } from '../../src/simulation/simulate.ts';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));

/** Each example has one definition at least, but for that which derives nothing. */
const DEFINITIONS = readdirSync(EXAMPLES, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.config.ts'))
  .toSorted();

describe('the simulation of the examples', function () {
  this.timeout(120_000);

  it('is of every example', () => {
    const folders = readdirSync(EXAMPLES, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(new Set(DEFINITIONS.map((path) => path.split('/')[0]))).to.deep.equal(
      new Set(folders.map(({ name }) => name).filter((name) => name !== 'replica')),
    );
  });

  for (const path of DEFINITIONS)
    it(`given ${path} and no samples, when it is simulated, then everything holds`, async () => {
      const { definition } = await loadDefinition(path, EXAMPLES);
      const { records } = await simulate(definition, { seeds: 5 });
      expect(records).to.be.above(20);
    });
});
