import { expect } from 'chai';
import { MemoryMatcherRepository } from '../../../src/adapters/memory/memory-matcher-repository.ts';
import { Fault } from '../../../src/domain/fault.ts';
import type { LinkState } from '../../../src/domain/link-move.ts';
import { range } from '../../support/range.ts';

describe('MemoryMatcherRepository', () => {
  const tuple = { manufacturer: 'CESSNA', model: '172S', typeDesignator: 'C172' };
  const link = { code: '1', serial: '2' };
  const state = (sequence: string, of: LinkState['tuple'], removed = false): LinkState => ({
    version: { generation: 0, epoch: '', sequence },
    tuple: of,
    removed,
  });

  it('says whose count would fall below zero, and that trying again will not do', async () => {
    const matcher = new MemoryMatcherRepository();
    await matcher.apply([{ link, from: undefined, to: state('1', undefined) }]);
    const [fault] = await matcher.apply([{ link, from: state('1', tuple), to: state('2', undefined) }]);
    expect(fault).to.be.instanceOf(Fault);
    expect(fault).to.include({
      kind: 'configuration',
      message:
        'the count of ["CESSNA","172S","C172"] would fall below zero: something other than Contrail changed it',
    });
  });

  it('remembers links that are there however many others are removed, and of those the last 50,000', async () => {
    const matcher = new MemoryMatcherRepository();
    await matcher.apply([{ link, from: undefined, to: state('1', tuple) }]);
    const removed = range(50_001).map((n) => ({ code: 'removed', serial: `${n}` }));
    await matcher.apply(
      removed.map((each) => ({ link: each, from: undefined, to: state('1', undefined, true) })),
    );
    expect(await matcher.load([link, removed[0]!, removed[1]!])).to.deep.equal([
      state('1', tuple),
      undefined,
      state('1', undefined, true),
    ]);
  });
});
