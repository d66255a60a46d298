import { expect } from 'chai';
import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { CountState } from '../../../src/domain/count-move.ts';
import type { Tuple } from '../../../src/domain/count.ts';
import { contribution, link as aLink, tuple as aTuple } from '../../support/factories.ts';
import { range } from '../../support/range.ts';

describe('MemoryMatcherRepository', () => {
  const tuple = aTuple();
  const source = aLink('2', '1');
  const state = (sequence: string, of: Tuple | undefined, removed = false): CountState => ({
    version: { generation: 0, epoch: '', sequence },
    contributions: of === undefined ? [] : [contribution(of)],
    removed,
  });

  it('says whose count would fall below zero, and that trying again will not do', async () => {
    const matcher = new MemoryMatcherRepository();
    await matcher.apply([{ source, from: undefined, to: state('1', undefined) }]);
    const [fault] = await matcher.apply([{ source, from: state('1', tuple), to: state('2', undefined) }]);
    expect(fault).to.be.instanceOf(Fault);
    expect(fault).to.include({
      kind: 'configuration',
      message:
        'the count of ["CESSNA","172S","C172"] would fall below zero: something other than Contrail changed it',
    });
  });

  it('remembers links that are there however many others are removed, and of those the last 50,000', async () => {
    const matcher = new MemoryMatcherRepository();
    await matcher.apply([{ source, from: undefined, to: state('1', tuple) }]);
    const removed = range(50_001).map((n) => aLink(`${n}`, 'removed'));
    await matcher.apply(
      removed.map((each) => ({ source: each, from: undefined, to: state('1', undefined, true) })),
    );
    expect(await matcher.load([source, removed[0]!, removed[1]!])).to.deep.equal([
      state('1', tuple),
      undefined,
      state('1', undefined, true),
    ]);
  });
});
