import { expect } from 'chai';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';

const KEYS = { partition: 'PK', sort: 'SK' } as const;
const order = row(
  { PK: 'CUSTOMER#<customer>', SK: 'ORDER#<kind>#<order>' },
  { parts: { customer: { without: '#' }, kind: ['web', 'shop'] } },
);

function modelOf(members: object) {
  const spec = { at: { SK: 'LATEST' }, choose: 'newest', repeat: [], ...members };
  const latest = pointer(order, spec as never);
  return defineTable({ keys: KEYS, rows: { order }, derive: { latest } }).model.pointers[0];
}

describe('pointer of a definition', () => {
  it('given a choice, then it is kept', () => {
    expect(modelOf({ choose: 'newest' })?.choose).to.equal('newest');
    expect(modelOf({ choose: 'keep' })?.choose).to.equal('keep');
  });

  it('given a kind of row, then the model has its templates, and the rules of its sort key alone', () => {
    const model = modelOf({});
    expect([model?.partition.text, model?.sort.text]).to.deep.equal([
      'CUSTOMER#<customer>',
      'ORDER#<kind>#<order>',
    ]);
    expect(model?.sortRules).to.deep.equal([['web', 'shop'], undefined]);
  });

  it('given nothing to repeat, then it repeats the parts of the sort key, by which it names its row', () => {
    expect(modelOf({})).to.deep.include({ repeat: [], repeatedParts: ['kind', 'order'] });
    expect(modelOf({ repeat: ['customer'] })).to.deep.include({
      repeat: [],
      repeatedParts: ['customer', 'kind', 'order'],
    });
  });

  it('given pointers in partitions that rules tell apart, then they are not the same row', () => {
    const kindOf = (name: string) =>
      row({ PK: '<kind>#<id>', SK: 'IMG#<image>' }, { parts: { kind: [name] } });
    const [dogs, cats] = [kindOf('DOG'), kindOf('CAT')];
    const latest = { at: { SK: 'LATEST' }, choose: 'newest', repeat: [] } as const;
    const { model } = defineTable({
      keys: KEYS,
      rows: { dogs, cats },
      derive: { latest_dog: pointer(dogs, latest), latest_cat: pointer(cats, latest) },
    });
    const rows = ['DOG#1', 'CAT#1', 'COW#1'].map((partition) => model.rowOf(partition, 'LATEST'));
    expect(rows.map((found) => found && 'model' in found && found.model.name)).to.deep.equal([
      'latest_dog',
      'latest_cat',
      undefined,
    ]);
  });
});
