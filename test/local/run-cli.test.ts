import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { requireJava } from './require-java.ts';

const RUN = fileURLToPath(new URL('../../local/run.ts', import.meta.url));

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function run(...args: string[]): Promise<Result> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, ['--import', 'tsx', RUN, ...args], (_, stdout, stderr) =>
      resolve({ status: child.exitCode, stdout, stderr }),
    );
  });
}

describe('npm run local', function () {
  this.timeout(90_000);

  it('given the built function on real servers, then nothing it derives drifts, and its requests are counted', async function () {
    requireJava(this);
    const { status, stdout, stderr } = await run('--records', '600', '--seed', '5');
    expect(status, `${stdout}\n${stderr}`).to.equal(0);
    expect(stdout)
      .to.match(/^table writes +600 in /m)
      .and.match(/^given up +0 records$/m)
      .and.match(/^ {2}AmazonSQS\.SendMessageBatch +\d+ +[\d.]+$/m)
      .and.match(/^ {2}search +0 of [1-9]\d* documents$/m)
      .and.match(/^ {2}default images +0 of [1-9]\d* rows$/m)
      .and.match(/^ {2}matcher +0 of [1-9]\d* counts$/m)
      .and.include('everything derived is true');
  });

  for (const args of [['--records', '0'], ['--batch-size', 'many'], ['--backend', 'paper'], ['--nonsense']])
    it(`refuses ${args.join(' ')} as wrong usage`, async () => {
      const { status, stderr } = await run(...args);
      expect(status).to.equal(2);
      expect(stderr).to.include('error:').and.include('--help');
    });
});
