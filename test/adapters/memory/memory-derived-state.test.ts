import { expect } from 'chai';
import { memoryBackend } from './memory-harness.ts';

describe('the memory derived state', () => {
  it('given a long walk, then others run meanwhile', async () => {
    const { state, put } = memoryBackend();
    for (let n = 0; n < 20_001; n++) await put({ PK: 'ICAO#AIRCRAFT', SK: `TYPE#${n}` }, {});
    let turns = 0;
    const turn = () => {
      turns++;
      timer = setImmediate(turn);
    };
    let timer = setImmediate(turn);
    try {
      let rows = 0;
      for await (const row of state.rows()) rows += Number(row.get('missing') === undefined);
      expect(rows).to.equal(20_001);
      expect(turns).to.be.above(0);
    } finally {
      clearImmediate(timer);
    }
  });
});
