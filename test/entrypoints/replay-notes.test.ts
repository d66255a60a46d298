import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { range } from '../support/range.ts';

/** A definition with one effect, and rows that stay. */
const definitionOf = (write: string) => `
import { defineTable, effect, row, rows } from 'contrail';
const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { order },
  derive: {
    points: effect(order, { on: ['INSERT'], run: ({ key }, { once }) => once(${write}) }),
    log: rows(order, {
      on: ['INSERT', 'REMOVE'],
      keep: true,
      of: ({ key }) => [{ key: { PK: 'LOG', SK: key.order } }],
    }),
  },
});`;

const CHANGES = range(3)
  .map((n) => {
    const Keys = { PK: { S: 'CUSTOMER#anna' }, SK: { S: `ORDER#${n}` } };
    const dynamodb = {
      ...{ Keys, NewImage: Keys, SequenceNumber: String(n + 1), StreamViewType: 'NEW_AND_OLD_IMAGES' },
    };
    return `${JSON.stringify({ eventName: 'INSERT', dynamodb })}\n`;
  })
  // One of them comes twice.
  .flatMap((line, n) => (n === 0 ? [line, line] : [line]))
  .join('');

describe('what a replay says that it did not do', function () {
  this.timeout(60_000);
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  async function replayed(write: string, ...args: readonly string[]) {
    await writeFile(join(folder, 'contrail.config.ts'), definitionOf(write));
    return run([...BUNDLED_CONTRAIL, 'replay', '-', ...args], CHANGES, { cwd: folder });
  }

  const ITEM = "{ Put: { TableName: 'points', Item: { id: key.customer } } }";

  it('given items that an effect hands to once, then each counts once, and it is said that none was written', async () => {
    const { out, status } = await replayed(ITEM);
    expect(out).to.match(/^effects +3 run, 0 skipped/m);
    expect(out).to.match(/^ +of points, 3 writes for DynamoDB \(once\) noted, and not made$/m);
    expect(status).to.equal(0);
    const json = await replayed(`[${ITEM}]`, '--report', 'json');
    expect(JSON.parse(json.out)).to.deep.include({ unmadeWrites: { points: 3 } });
  });

  for (const [what, write, words] of [
    ['what no transaction takes', '{ Get: {} }', 'gave once an object with Get'],
    ['a text', "'x'", 'gave once a string'],
  ] as const)
    it(`given ${what}, then the change fails`, async () => {
      const { out, status } = await replayed(write);
      expect(out).to.contain(words).and.not.to.contain('not made');
      expect(status).to.equal(1);
    });

  it('given a function, then it is called, and nothing is said', async () => {
    const { out, status } = await replayed('() => undefined');
    expect(out)
      .to.match(/^effects +3 run/m)
      .and.not.to.contain('not made');
    expect(status).to.equal(0);
  });

  it('given rows that nobody can compare, then the proof says that nothing was compared, and why', async () => {
    const { out } = await replayed(ITEM, '--verify');
    expect(out)
      .to.match(/^rows +nothing compared$/m)
      .and.to.match(/^ {2}3 items of log not compared: not derived after each insertion and change \(on\)/m)
      .and.not.to.contain('0 items compared');
    const { out: json } = await replayed(ITEM, '--verify', '--report', 'json');
    const { uncompared } = JSON.parse(json) as { readonly uncompared: readonly object[] };
    expect(uncompared).to.have.lengthOf(1);
    expect(uncompared[0]).to.include({ derivation: 'log', items: 3 });
  });
});
