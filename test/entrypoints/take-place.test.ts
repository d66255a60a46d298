import { expect } from 'chai';
import { Fault } from '../../src/domain/fault.ts';
import { inPlace } from '../../src/entrypoints/cli/index-documents/take-place.ts';
import { aRetrier } from '../application/doubles.ts';

/** What becomes of a collection whose switch goes wrong so, at one attempt after the other. */
async function placing(...faults: readonly Fault[]) {
  const left = [...faults];
  let refused = 0;
  const replacement = {
    name: 'collection orders-2',
    switch: async () => {
      const fault = left.shift();
      if (fault !== undefined) throw fault;
      return 'it is there';
    },
  };
  const ended = await inPlace('orders', replacement, aRetrier({ attempts: 3 }), () => refused++).catch(
    (error: unknown) => error,
  );
  return { ended, refused, left: left.length };
}

const LOST = new Fault('transient', 'no answer');
const NO = new Fault('configuration', 'the key may not do this');

describe('a collection that takes the place of another one', () => {
  it('given answers that are lost, then it is tried again', async () => {
    expect(await placing(LOST, LOST)).to.deep.equal({ ended: 'it is there', refused: 0, left: 0 });
  });

  it('given a refusal, then it has not, and is not tried again', async () => {
    expect(await placing(NO, LOST)).to.deep.equal({ ended: NO, refused: 1, left: 1 });
  });

  it('given that nobody knows whether it has, then it stays, and both are named', async () => {
    for (const faults of [
      [LOST, LOST, LOST],
      [LOST, NO],
    ]) {
      const { ended, refused } = await placing(...faults);
      expect(refused).to.equal(0);
      expect(ended)
        .to.have.property('message')
        .that.includes('collection orders-2 is filled')
        .and.includes('taken the place of orders');
    }
  });
});
