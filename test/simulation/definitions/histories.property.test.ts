import { expect } from 'chai';
import { verify } from '../../../src/application/verify/verify.ts';
import { Random } from '../../../src/random/random.ts';
import { makeItems } from '../../../src/simulation/rows/make-items.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import type { Ran } from './derivations.ts';
import { deliver, historyOf } from './history.ts';
import { randomDefinition } from './random-definition.ts';

const SEEDS = 60;

/** What is wrong after a random history of rows of a random definition; nothing, if all is well. */
async function wrongWith(seed: number): Promise<string[]> {
  const ran: Ran[] = [];
  const { definition, text } = randomDefinition(seed, { ran: (one) => ran.push(one) });
  const items = makeItems(definition, Random.of(seed), { perKind: 4 }).filter(({ is }) => is !== 'malformed');
  const records = historyOf(items, 60, chanceOf(seed, 'history'));
  const { worker, failures } = await deliver(definition, records, chanceOf(seed, 'delivery'));
  const { drift, checked } = await verify(worker.state, definition);
  const names = ran.map(({ derivation, id }) => `${derivation} ${id}`);
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  const found = [
    ...failures.map((failure) => `failed: ${failure}`),
    ...drift.map((one) => `drift: ${JSON.stringify(one)}`),
    ...twice.map((name) => `ran twice: ${name}`),
  ];
  return found.length === 0
    ? []
    : [`seed ${seed}, of ${JSON.stringify(checked)}`, ...found.slice(0, 10), text];
}

describe('random histories of rows of random definitions', function () {
  this.timeout(300_000);

  it('with repeats, redeliveries and late records: nothing fails, and everything derived is as recounted', async () => {
    for (const seed of Array(SEEDS).keys()) expect((await wrongWith(seed)).join('\n')).to.equal('');
  });
});
