import { request } from 'node:http';
import { expect } from 'chai';
import { serveHealth } from '../../../src/entrypoints/cli/consume/health.ts';

const READING = {
  stream: 'arn',
  since: Date.now(),
  status: {
    ...{ isReady: true, lastProgressAt: undefined, shards: [], lagMs: 0, open: 0, gaps: [] },
    ...{ handled: 0, isSwitchedOff: false },
  },
};

describe('the health endpoint', () => {
  it('given a path that is none, then it answers 404, and goes on', async () => {
    const { port, close } = await serveHealth(0, () => READING);
    const status = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        request({ port, path, host: '127.0.0.1', signal: AbortSignal.timeout(5_000) }, (answer) => {
          answer.resume();
          resolve(answer.statusCode);
        })
          .on('error', reject)
          .end();
      });
    try {
      const asked = ['//', 'http://', '/other?', '/live?now', '/'];
      expect(await Promise.all(asked.map(status))).to.deep.equal([404, 404, 404, 200, 200]);
    } finally {
      close();
    }
  });
});
