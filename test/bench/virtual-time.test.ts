import { expect } from 'chai';
import { takenBy } from '../../bench/measures/counts.ts';
import { leastLatencies } from '../../bench/measures/least-requests.ts';
import { sceneOf } from '../../bench/measures/scene.ts';
import { VirtualTime } from '../../bench/model/model-time.ts';

describe('VirtualTime', () => {
  it('given waits, one of which begins when another ends, then time has passed as if they had been real', async () => {
    const time = new VirtualTime();
    const seen: string[] = [];
    const wait = async (name: string, milliseconds: number) => {
      await time.pause(milliseconds);
      seen.push(`${name} at ${time.now}`);
    };
    await Promise.all([wait('a', 5), wait('b', 2).then(() => wait('c', 2)), wait('d', 5)]);
    expect(seen).to.deep.equal(['b at 2', 'c at 4', 'a at 5', 'd at 5']);
  });

  it('given work between two waits, however long it takes, then no time passes for it', async () => {
    const time = new VirtualTime();
    await time.pause(1);
    await Promise.all([
      time.pause(10),
      (async () => {
        for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
        const until = performance.now() + 20;
        while (performance.now() < until);
        await time.pause(3);
        expect(time.now).to.equal(4);
      })(),
    ]);
    expect(time.now).to.equal(11);
  });
});

describe('how long workers wait', () => {
  it('given a mixed batch, then as long every time, never less than the least, and one after the other a latency a request', async () => {
    const { batch, tables } = await sceneOf('mixed', 200, 400);
    for (const subject of ['Contrail', 'strong, exactly once', 'record by record'] as const) {
      const { latencies, requests } = await takenBy(subject, tables, batch);
      expect((await takenBy(subject, tables, batch)).latencies, subject).to.equal(latencies);
      if (subject === 'record by record') expect(latencies).to.equal(requests);
      else expect(latencies, subject).to.be.within(leastLatencies(tables, batch), requests);
    }
  });
});
