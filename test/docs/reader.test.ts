import { expect } from 'chai';
import { MemoryStream } from '../../src/adapters/memory/memory-stream.ts';
import { MemoryStreamSource } from '../../src/adapters/memory/memory-stream-source.ts';
import type { TableDefinition } from '../../src/domain/definition/define-table.ts';
import { testing } from '../../src/testing/kit.ts';
import { ReadersFolder } from './readers-folder.ts';
import { readerPage } from './reader-page.ts';

interface Page {
  readonly definition: TableDefinition;
  readonly follow: (totals: Map<string, number>, signal: AbortSignal) => Promise<void>;
  readonly send: (post: (order: string) => Promise<void>, signal: AbortSignal) => Promise<void>;
  readonly listen: (tell: (line: string) => void, signal: AbortSignal) => Promise<void>;
  readonly copy: (
    scan: () => Promise<void>,
    apply: (row: object | undefined) => void,
    stop: AbortSignal,
  ) => Promise<void>;
  readonly resume: (saved: string | undefined, save: (state: string) => Promise<void>) => Promise<void>;
  readonly tested: () => Promise<readonly string[]>;
}

/* That the types of its snippets are right, test/docs/testing.test.ts shows beside those of others. */
describe('docs/reader.md', () => {
  let folder: ReadersFolder;
  let page: Page;
  let stream: MemoryStream;

  before(async () => {
    folder = await ReadersFolder.make();
    page = (await import(await folder.write('page.mts', readerPage()))) as Page;
  });

  after(() => folder.remove());

  beforeEach(() => {
    stream = new MemoryStream(
      'arn:aws:dynamodb:eu-central-1:111122223333:table/orders/stream/2026-01-05T09:00:00.000',
    );
    Object.assign(globalThis, { ORDERS: { source: new MemoryStreamSource(stream) } });
  });

  /** Three orders: the third is gone. */
  function written(): void {
    const { record, rows } = testing(page.definition);
    const order = (n: string, total: number) => rows['order']!({ customer: 'anna', order: n }, { total });
    stream.append(record.insert(order('1', 5)));
    stream.append(record.insert(order('2', 7)));
    stream.append(record.modify(order('2', 7), order('2', 8)));
    stream.append(record.insert(order('3', 9)));
    stream.append(record.remove(order('3', 9)));
  }

  it('has a loop that follows what there is', async () => {
    written();
    const stop = new AbortController();
    /** Ends the loop with the removal. */
    class Totals extends Map<string, number> {
      override delete(key: string): boolean {
        stop.abort();
        return super.delete(key);
      }
    }
    const totals = new Totals();
    await page.follow(totals, stop.signal);
    expect([...totals]).to.deep.equal([
      ['1', 5],
      ['2', 8],
    ]);
  });

  it('has a loop with several under way, of which each is acknowledged', async () => {
    written();
    const stop = new AbortController();
    const posted: string[] = [];
    await page.send(async (order) => {
      if (posted.push(order) === 5) stop.abort();
    }, stop.signal);
    expect(posted.toSorted()).to.deep.equal(['1', '2', '2', '3', '3']);
  });

  it('has listeners, for changes and for shards', async () => {
    written();
    const stop = new AbortController();
    const told: string[] = [];
    await page.listen((line) => {
      if (told.push(line) === 6) stop.abort();
    }, stop.signal);
    expect(told).to.include.members(['1 more shards', 'a new order: 3 attributes', 'anna has one less']);
    expect(told.at(-1)).to.equal('5 handled');
  });

  it('has a copy of a table that misses nothing, and a state that goes on', async () => {
    const [rows, stop] = [new Array<unknown>(), new AbortController()];
    await page.copy(
      async () => written(),
      (row) => {
        if (rows.push(row) === 5) stop.abort();
      },
      stop.signal,
    );
    expect(rows).to.have.length(5);
    const saved: string[] = [];
    const save = async (state: string) => void saved.push(state);
    await page.resume(undefined, save);
    expect(saved).to.have.length(5);
    await page.resume(saved[2], save);
    expect(saved).to.have.length(7);
  });

  it('has a test that passes', async () => {
    expect(await page.tested()).to.deep.equal(['1', '2']);
  });
});
