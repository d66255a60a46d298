import { expect } from 'chai';
import { run } from '../support/command-line.ts';

const SIGNALS = new URL('../../dist/entrypoints/cli/signals.js', import.meta.url).href;

describe('signals of a command', () => {
  for (const listening of ['stopOnSignal().signal.onabort = () =>', 'untilSignal().then(() =>'])
    it(`given one that comes before ${listening.split('(')[0]}, then it is not lost`, async () => {
      const { out } = await run(['--input-type=module', '-e', scriptOf(listening)]);
      expect(out).to.equal('stopped\n');
    });
});

/** Sends itself a signal while nothing else can run, and then listens. */
function scriptOf(listening: string): string {
  return `
    import { endOnSignals, stopOnSignal, untilSignal } from ${JSON.stringify(SIGNALS)};
    endOnSignals();
    process.kill(process.pid, 'SIGTERM');
    ${listening} { console.log('stopped'); process.exit(0); }${listening.endsWith('(() =>') ? ')' : ''};
    setTimeout(() => { console.log('nothing came'); process.exit(1); }, 3_000);
  `;
}
