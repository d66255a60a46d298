import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { EngineAddress } from '../workers/indexer/engine-address.ts';

export interface EngineSettings {
  /** The tests' stand-in for Typesense, or what only answers. */
  readonly kind: 'stand-in' | 'answers';
  /** Milliseconds that an import takes, beside what it takes. */
  readonly latencyMs: number;
}

/** A search engine in a process of its own, which ends with this one. */
export class SearchEngine {
  readonly address: EngineAddress;
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess, address: EngineAddress) {
    this.#process = child;
    this.address = address;
  }

  static async start(settings: EngineSettings): Promise<SearchEngine> {
    const child = fork(process.argv[1] ?? '', ['search-engine', JSON.stringify(settings)]);
    return new SearchEngine(child, await answerOf<EngineAddress>(child));
  }

  /** Forgets all documents. @returns how many imports there were since the last time. */
  async reset(): Promise<number> {
    const answered = answerOf<{ readonly imports: number }>(this.#process);
    this.#process.send('reset');
    return (await answered).imports;
  }
}

async function answerOf<T>(child: ChildProcess): Promise<T> {
  const signal = AbortSignal.timeout(60_000);
  const [answer] = (await once(child, 'message', { signal })) as [T];
  return answer;
}
