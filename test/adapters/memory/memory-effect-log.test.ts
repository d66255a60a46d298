import { expect } from 'chai';
import { MemoryEffectLog, type UnmadeWrite } from '../../../src/adapters/memory/memory-effect-log.ts';
import { asked, someEffects, withEffects } from '../../application/effects.ts';
import { orderRow } from '../../application/shop.ts';
import { SourceTable } from '../../support/stream-records.ts';

const ITEM = { Put: { TableName: 'points', Item: { id: 'anna' } } };

async function written(write: unknown, onItems?: (write: UnmadeWrite) => void) {
  const { effects } = someEffects({ log: new MemoryEffectLog(onItems) });
  const definition = withEffects({ points: { run: (_, { once }) => once(write) } });
  const commands = asked(definition, [
    new SourceTable().put(orderRow('anna', '1', { status: 'paid', total: 1 })),
  ]);
  const first = await effects.execute(commands);
  await effects.execute(commands);
  return [...first.failed.values()].map(({ message }) => message).join();
}

describe('items for DynamoDB, handed to once in memory', () => {
  it('given somebody who is told of them, then they are, once, and the change is done', async () => {
    const told: UnmadeWrite[] = [];
    expect(await written(ITEM, (write) => told.push(write))).to.equal('');
    expect(told.map(({ effect, items }) => [effect, items])).to.deep.equal([['points', [ITEM]]]);
  });

  it('given what no transaction takes, then it is refused, and nobody is told', async () => {
    const told: UnmadeWrite[] = [];
    expect(await written({ Get: {} }, (write) => told.push(write))).to.contain('an object with Get');
    expect(told).to.deep.equal([]);
  });

  it('given nobody, then they are refused', async () => {
    expect(await written(ITEM)).to.contain('in memory it takes a function');
  });
});
