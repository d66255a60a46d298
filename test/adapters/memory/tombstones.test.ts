import { expect } from 'chai';
import { Tombstones } from '../../../src/adapters/memory/tombstones.ts';

const version = (sequence: string) => ({ generation: 0, epoch: '', sequence });

describe('tombstones', () => {
  it('given more removals than are remembered, when added, then the oldest removal is forgotten', () => {
    const tombstones = new Tombstones(2);
    for (const key of ['a', 'b', 'c']) tombstones.add(key, version('1'));
    expect(['a', 'b', 'c'].map((key) => tombstones.get(key) !== undefined)).to.deep.equal([
      false,
      true,
      true,
    ]);
  });

  it('given a thing removed again, when others follow, then its age counts from its last removal', () => {
    const tombstones = new Tombstones(2);
    for (const key of ['a', 'b', 'a', 'c']) tombstones.add(key, version('1'));
    expect(tombstones.get('a')).to.deep.equal(version('1'));
    expect(tombstones.get('b')).to.equal(undefined);
  });

  it('given a tombstone, when deleted, then it is gone', () => {
    const tombstones = new Tombstones();
    tombstones.add('a', version('1'));
    tombstones.delete('a');
    expect(tombstones.get('a')).to.equal(undefined);
  });
});
