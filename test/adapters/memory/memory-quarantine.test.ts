import { expect } from 'chai';
import { MemoryQuarantine } from '../../../src/adapters/memory/memory-quarantine.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { quarantineContract } from '../../contracts/quarantine.contract.ts';

quarantineContract('the memory quarantine', async () => {
  const quarantine = new MemoryQuarantine();
  let seen = 0;
  return {
    quarantine,
    kept: async () => {
      const fresh = quarantine.kept.slice(seen);
      seen = quarantine.kept.length;
      return fresh.map(({ record, raw, fault }) => ({
        source: record,
        raw,
        reason: fault.message,
        kind: fault.kind,
      }));
    },
  };
});

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
