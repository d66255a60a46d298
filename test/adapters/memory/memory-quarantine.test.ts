import { expect } from 'chai';
import { MemoryQuarantine } from '../../../src/adapters/memory/memory-quarantine.ts';
import { Fault } from '../../../src/domain/fault.ts';

describe('MemoryQuarantine', () => {
  it('given records of several calls, when read, then they are in the order in which they came', async () => {
    const quarantine = new MemoryQuarantine();
    const of = (raw: string) => ({ record: {}, raw, fault: new Fault('permanent', raw) });
    const [a, b, c] = [of('a'), of('b'), of('c')];
    await quarantine.keep([b, a]);
    await quarantine.keep([c]);
    expect(quarantine.kept).to.deep.equal([b, a, c]);
  });
});
