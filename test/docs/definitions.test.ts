import { expect } from 'chai';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { testing } from '../../src/testing/kit.ts';
import { definitionsPage } from './definitions-page.ts';
import { ReadersFolder } from './readers-folder.ts';

interface Page {
  readonly default: TableDefinition;
  readonly withPoints: TableDefinition;
}

/* That the types of its snippets are right, test/docs/testing.test.ts shows beside those of others. */
describe('docs/definitions.md', () => {
  let folder: ReadersFolder;
  let file: string;

  before(async () => {
    folder = await ReadersFolder.make();
    file = await folder.write('page.mts', definitionsPage());
  });

  after(() => folder.remove());

  it('has a definition that derives what it says', async () => {
    const { default: definition } = (await import(file)) as Page;
    const { given, rows } = testing(definition);
    const order = rows['order']!;
    await given()
      .when(order({ customer: 'anna', order: '1' }, { status: 'paid' }), { times: 2 })
      .then({ documents: { orders: { 'anna:1': { id: 'anna:1', status: 'paid' } } }, drift: [] });
  });

  it('has an effect whose items are written exactly once, whatever is lost', async () => {
    const { withPoints } = (await import(file)) as Page;
    const { given, rows } = testing(withPoints);
    const { effects } = await given()
      .when(rows['order']!({ customer: 'anna', order: '1' }, { status: 'paid' }), {
        times: 2,
        failing: { points: ['before', 'after'] },
      })
      .state();
    expect(effects['points']?.flatMap(({ wrote }) => wrote ?? [])).to.deep.equal([
      {
        Update: {
          TableName: 'points',
          Key: { id: 'anna' },
          UpdateExpression: 'ADD points :one',
          ExpressionAttributeValues: { ':one': 1 },
        },
      },
    ]);
  });
});
