import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { parse } from 'lossless-json';
import { CONTRAIL, run } from '../support/command-line.ts';
import { ROOT } from './installed.ts';

const EXAMPLES = join(ROOT, 'examples');

/** What must be derived from an example's recording. */
const DERIVED: Readonly<Record<string, { readonly recording: string; readonly state: object }>> = {
  shop: {
    recording: 'orders.ndjson',
    state: {
      search: {
        orders: ['anna:2026-001', 'anna:2026-004', 'bert:2026-002', 'bert:2026-003'],
      },
      counts: {
        spend: ['{"customer":"anna"} 19.95', '{"customer":"bert"} 0.3'],
        orders_by_tag: ['{"tag":"books"} 2', '{"tag":"express"} 1', '{"tag":"gifts"} 2'],
      },
      pointers: {
        latest: [
          '{"customer":"anna"} cancelled 100.05',
          '{"customer":"bert"} shipped 0.20',
          '{"customer":"cleo"} draft 12.50',
        ],
      },
      rows: {
        audit: [
          'audit {"id":"anna/2026-001"} 19.95',
          'audit {"id":"anna/2026-004"} 100.05',
          'audit {"id":"bert/2026-002"} 0.1',
          'audit {"id":"bert/2026-003"} 0.2',
          'audit {"id":"cleo/2026-005"} 1234.56',
          'audit {"id":"cleo/2026-006"} undefined',
          'audit {"id":"dora/2026-007"} 7',
        ],
      },
    },
  },
  badges: {
    recording: 'plays.ndjson',
    state: { search: {}, counts: {}, pointers: {}, rows: {} },
  },
  'by-id': {
    recording: 'products.ndjson',
    state: {
      search: { products: ['p-2', 'p-3', 'p-4'] },
      counts: { products_by_category: ['{"category":"bedroom"} 1', '{"category":"kitchen"} 1'] },
      pointers: {},
      rows: {},
    },
  },
};

describe('the examples', function () {
  this.timeout(60_000);

  it('given their folder, then each is tested here', async () => {
    const folders = await readdir(EXAMPLES, { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(names).to.have.members(Object.keys(DERIVED));
  });

  for (const [name, { recording, state }] of Object.entries(DERIVED))
    for (const size of ['1', '100'])
      it(`given ${name}, when its recording is replayed in batches of ${size}, then it derives what it says, and nothing drifts`, async () => {
        const args = ['replay', recording, '--verify', '--batch-size', size, '--state', '-'];
        const { out, err, status } = await run([...CONTRAIL, ...args], '', { cwd: join(EXAMPLES, name) });
        expect(err)
          .to.contain('no failures')
          .and.not.to.match(/drift [1-9]/);
        expect(status).to.equal(0);
        expect(shortened(out)).to.deep.equal(state);
      });

  it('given badges, when its recording is replayed, then the service is called once for each play that deserves it', async () => {
    const called: string[] = [];
    const server = createServer((request, response) => {
      void text(request).then((body) => {
        called.push(body);
        // It is called again for what it refuses.
        response.writeHead(called.length === 1 ? 503 : 204).end();
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const cwd = join(EXAMPLES, 'badges');
    const env = { BADGES_URL: `http://127.0.0.1:${port}` };
    const { out, status } = await run([...CONTRAIL, 'replay', 'plays.ndjson', '--batch-size', '1'], '', {
      cwd,
      env,
    });
    server.close();
    expect(out)
      .to.contain('no failures')
      .and.to.match(/^effects +2 run, 1 skipped, 0 repeated$/m);
    expect(status).to.equal(0);
    const [chess, go] = ['chess', 'go'].map((game) => JSON.stringify({ player: 'anna', game }));
    expect(called).to.deep.equal([chess, chess, go]);
  });

  for (const name of Object.keys(DERIVED))
    it(`given ${name}, when its own tests run, as a user runs them, then they pass`, async () => {
      const folder = join(EXAMPLES, name);
      const tests = (await readdir(folder)).filter((file) => file.endsWith('.test.ts'));
      expect(tests).to.have.length(1);
      const args = ['--import', 'tsx', '--test', join(folder, tests[0] ?? '')];
      const { out, status } = await run(args, '', { cwd: ROOT });
      expect(status, out).to.equal(0);
      expect(out)
        .to.match(/^(?:# |ℹ )pass [1-9]/m)
        .and.to.match(/^(?:# |ℹ )fail 0$/m);
    });

  it('given the README, then its definition is that of an example', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8');
    const definition = await readFile(join(EXAMPLES, 'by-id', 'contrail.config.ts'), 'utf8');
    expect(readme).to.contain(`\`\`\`ts contrail.config.ts\n${definition}\`\`\``);
  });
});

type Found = Readonly<Record<string, unknown>>;
type Lists = Readonly<Record<string, readonly Found[]>>;

/** The state with documents by their ids, counts as they are written, and of pointers and rows some of what they hold. */
function shortened(text: string): object {
  // Numbers stay as they are written: 19.90, not 19.9.
  const state = parse(text) as {
    readonly search: Readonly<Record<string, Found>>;
    readonly counts: Lists;
    readonly pointers: Lists;
    readonly rows: Lists;
  };
  return {
    search: each(state.search, Object.keys),
    counts: each(state.counts, (list) => list.map((found) => line(found, String))),
    pointers: each(state.pointers, (list) =>
      list.map((found) => line(found, (row) => `${row['status'] as string} ${String(row['total'])}`)),
    ),
    rows: each(state.rows, (list) =>
      list.map(({ table, key, attributes }) => {
        const { total } = attributes as Found;
        return `${table as string} ${JSON.stringify(key)} ${String(total)}`;
      }),
    ),
  };
}

function each<T>(lists: Readonly<Record<string, T>>, short: (list: T) => readonly string[]): object {
  return Object.fromEntries(Object.entries(lists).map(([name, list]) => [name, short(list)]));
}

/** A key, and what is found there. */
function line(found: Found, short: (what: Found) => string): string {
  const [key, what] = Object.values(found);
  return `${JSON.stringify(key)} ${short(what as Found)}`;
}
