import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { parse } from 'lossless-json';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { run } from '../support/command-line.ts';
import { ROOT } from './installed.ts';

const EXAMPLES = join(ROOT, 'examples');

const NOTHING = { search: {}, counts: {}, pointers: {}, rows: {} };

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
          '{"customer":"bert"} shipped 0.2',
          '{"customer":"cleo"} draft 12.5',
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
  badges: { recording: 'plays.ndjson', state: NOTHING },
  pipeline: { recording: 'orders.ndjson', state: NOTHING },
  'audit-log': {
    recording: 'revisions.ndjson',
    state: {
      ...NOTHING,
      rows: {
        audit: [
          'audit {"id":"menu/001"} undefined',
          'audit {"id":"plan/001"} undefined',
          'audit {"id":"plan/002"} undefined',
        ],
      },
    },
  },
  electrodb: {
    recording: 'orders.ndjson',
    state: {
      ...NOTHING,
      search: { orders: ['anna:2026-001', 'anna:2026-003', 'bert:2026-002'] },
      counts: { spend: ['{"customer":"anna"} 120', '{"customer":"bert"} 0.1'] },
      pointers: { latest: ['{"customer":"anna"} paid 100.05', '{"customer":"bert"} paid 0.1'] },
    },
  },
  'by-attribute': {
    recording: 'rows.ndjson',
    state: {
      ...NOTHING,
      search: { orders: ['bert:2026-003'], tickets: ['anna:2026-002', 'cleo:2026-005'] },
      counts: { open_tickets: ['{"customer":"cleo"} 1'] },
    },
  },
  webhook: {
    recording: 'changes.ndjson',
    state: {
      ...NOTHING,
      search: { talks: ['sofia:2', 'sofia:3'] },
      counts: { talks_by_track: ['{"track":"data"} 1', '{"track":"web"} 1'] },
    },
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

/** They read changes, and derive nothing. */
const WITHOUT_DEFINITION = ['replica'];

describe('the examples', function () {
  this.timeout(60_000);

  it('given their folder, then each is tested here', async () => {
    const folders = await readdir(EXAMPLES, { withFileTypes: true });
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    expect(names).to.have.members([...Object.keys(DERIVED), ...WITHOUT_DEFINITION]);
  });

  for (const [name, { recording, state }] of Object.entries(DERIVED))
    for (const size of ['1', '100'])
      it(`given ${name}, when its recording is replayed in batches of ${size}, then it derives what it says, and nothing drifts`, async () => {
        const args = ['replay', recording, '--verify', '--batch-size', size, '--state', '-'];
        const { out, err, status } = await run([...BUNDLED_CONTRAIL, ...args], '', {
          cwd: join(EXAMPLES, name),
        });
        expect(err)
          .to.contain('no failures')
          .and.not.to.match(/drift [1-9]/);
        expect(status).to.equal(0);
        expect(shortened(out)).to.deep.equal(state);
      });

  for (const [name, said, options = []] of [
    ['badges', /^effects +4 run, 10 skipped, 0 repeated$/m, ['--batch-size', '1']],
    ['pipeline', /^effects +3 run, 3 skipped, 0 repeated$/m],
    ['audit-log', /^effects +3 run, 0 skipped, 0 repeated$/m, ['--definition', 'keys-only.config.ts']],
  ] as const)
    it(`given ${name}, when its recording is replayed as its README says, then its effect runs so often`, async () => {
      const { recording } = DERIVED[name]!;
      const cwd = join(EXAMPLES, name);
      const { out, status } = await run([...BUNDLED_CONTRAIL, 'replay', recording, ...options], '', { cwd });
      expect(out).to.match(said);
      expect(status).to.equal(0);
      const readme = await readFile(join(cwd, 'README.md'), 'utf8');
      expect(readme).to.contain(`npx contrail replay ${[recording, ...options].join(' ')}`);
    });

  it('given the audit log, then only insertions pass its filters, and its role may put entries and remove none', async () => {
    const cwd = join(EXAMPLES, 'audit-log');
    const filters = await run([...BUNDLED_CONTRAIL, 'filters'], '', { cwd });
    const { Filters } = JSON.parse(filters.out) as {
      readonly Filters: readonly { readonly Pattern: string }[];
    };
    expect(Filters.map(({ Pattern }) => JSON.parse(Pattern) as unknown)).to.deep.equal([
      {
        eventName: ['INSERT'],
        dynamodb: { Keys: { PK: { S: [{ prefix: 'DOC#' }] }, SK: { S: [{ prefix: 'REV#' }] } } },
      },
    ]);
    const table = 'arn:aws:dynamodb:eu-central-1:111122223333:table';
    const args = [
      'policy',
      '--stream',
      `${table}/documents/stream/2026-01-05T09:00:00.000`,
      '--state-table',
      `${table}/state`,
    ];
    const { out } = await run([...BUNDLED_CONTRAIL, ...args, '--rows-in', `${table}/audit`], '', { cwd });
    const { Statement } = JSON.parse(out) as {
      readonly Statement: readonly { readonly Resource: string; readonly Action: unknown }[];
    };
    expect(
      Statement.filter(({ Resource }) => Resource === `${table}/audit`).map(({ Action }) => Action),
    ).to.deep.equal([['dynamodb:PutItem']]);
  });

  it('given badges, then removed plays do not pass its filters, and its role may read the stream and keep its state', async () => {
    const cwd = join(EXAMPLES, 'badges');
    const filters = await run([...BUNDLED_CONTRAIL, 'filters'], '', { cwd });
    expect(filters.out).to.contain(String.raw`\"eventName\":[\"INSERT\",\"MODIFY\"]`);
    const table = 'arn:aws:dynamodb:eu-central-1:111122223333:table';
    const stream = `${table}/plays/stream/2026-01-05T09:00:00.000`;
    const args = ['policy', '--stream', stream, '--state-table', `${table}/state`];
    const { out } = await run([...BUNDLED_CONTRAIL, ...args], '', { cwd });
    const { Statement } = JSON.parse(out) as {
      readonly Statement: readonly { readonly Resource: string; readonly Action: string | string[] }[];
    };
    const allowed = Statement.flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => `${action} ${Resource.replace(table, '')}`),
    );
    expect(allowed).to.have.members([
      // What reading a stream asks for, and nothing else of the table.
      ...['DescribeStream', 'GetRecords', 'GetShardIterator'].map(
        (action) => `dynamodb:${action} ${stream.replace(table, '')}`,
      ),
      'dynamodb:ListStreams /plays/stream/*',
      ...['BatchGetItem', 'PutItem'].map((action) => `dynamodb:${action} /state`),
    ]);
  });

  for (const name of Object.keys(DERIVED))
    it(`given ${name}, then its README has a page: the table, what is derived, how to run, test and deploy it`, async () => {
      const readme = await readFile(join(EXAMPLES, name, 'README.md'), 'utf8');
      const headings = ['What is derived', 'Run it', 'Test it', 'Deploy it'].map(
        (heading) => `\n## ${heading}\n`,
      );
      const places = headings.map((heading) => readme.indexOf(heading));
      expect(places, 'in this order').to.deep.equal(
        places.filter((place) => place > 0).sort((a, b) => a - b),
      );
      expect(readme.slice(0, places[0])).to.match(/^\| .+ \|\n\| -/m);
      expect(readme).to.match(/npx contrail (?:replay|filters|policy)/);
      expect(readme.split('\n').length, 'lines').to.be.below(110);
    });

  it('given their own tests, when they run, as a user runs them, then they pass', async () => {
    const tests = (await readdir(EXAMPLES, { recursive: true })).filter((file) => file.endsWith('.test.ts'));
    expect(tests.map((file) => dirname(file))).to.have.members([
      ...Object.keys(DERIVED),
      ...WITHOUT_DEFINITION,
    ]);
    const args = ['--import', 'tsx', '--test', ...tests.map((file) => join(EXAMPLES, file))];
    const { out, status } = await run(args, '', { cwd: ROOT });
    expect(status, out).to.equal(0);
    expect(Number(/^(?:# |ℹ )pass (\d+)$/m.exec(out)?.[1])).to.be.at.least(tests.length);
    expect(out).to.match(/^(?:# |ℹ )fail 0$/m);
  }).timeout(240_000);

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
