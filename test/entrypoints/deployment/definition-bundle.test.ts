import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import sinon from 'sinon';
import { workerEnvironment } from '../../../local/servers/servers.ts';
import { MemorySearchIndex } from '../../../src/adapters/memory/memory-search-index.ts';
import { archive } from '../../../src/entrypoints/deployment/bundle/archive.ts';
import { definitionBundle } from '../../../src/entrypoints/deployment/definition-bundle.ts';
import { loadDefinition } from '../../../src/entrypoints/definition/load-definition.ts';
import { FaultWorld } from '../../integration/fault-world.ts';
import { describeWithServers, sharedServers, createAuditTable } from '../../integration/shared-servers.ts';
import { drainQueue } from '../../../local/proof/drain-queue.ts';
import { TableFeed } from '../../support/table-feed.ts';
import { UnpackedFunction } from './unpacked-function.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const SHOP = join(ROOT, 'examples/shop/contrail.config.ts');
const FILE = 'contrail.config.ts';

/** Nobody listens there. */
const NOWHERE = {
  TABLE_NAME: 'orders',
  STATE_TABLE_NAME: 'state',
  TYPESENSE_QUEUE_URL: 'http://127.0.0.1:9/000000000000/search.fifo',
  AWS_ENDPOINT_URL: 'http://127.0.0.1:9',
  AWS_REGION: 'us-east-1',
  AWS_ACCESS_KEY_ID: 'LOCAL',
  AWS_SECRET_ACCESS_KEY: 'LOCAL',
};

const MALFORMED = {
  name: 'Fault',
  message:
    'the event has no array of Records: invoke this function from a DynamoDB Streams event source mapping',
};

type Files = ReadonlyMap<string, Uint8Array>;

function codeOf(files: Files): string {
  return textsOf(files, '.mjs').join('\n');
}

function sourcesOf(files: Files): readonly string[] {
  return textsOf(files, '.mjs.map').flatMap((map) => (JSON.parse(map) as { sources: string[] }).sources);
}

function textsOf(files: Files, end: string): readonly string[] {
  return [...files].filter(([name]) => name.endsWith(end)).map(([, bytes]) => Buffer.from(bytes).toString());
}

describe('the bundle of a definition', function () {
  this.timeout(60_000);
  let project: string;
  const unpacked: UnpackedFunction[] = [];

  beforeEach(async () => {
    project = await mkdtemp(join(tmpdir(), 'contrail-project-'));
  });

  afterEach(async () => {
    await rm(project, { recursive: true });
    for (const one of unpacked.splice(0)) await one.remove();
  });

  async function functionOf(files: Files): Promise<UnpackedFunction> {
    const one = await UnpackedFunction.of(archive(files));
    unpacked.push(one);
    return one;
  }

  /** Writes the project's files; what is bundled of its definition. */
  async function bundled(files: Readonly<Record<string, string>>): Promise<Files> {
    for (const [name, text] of Object.entries(files)) {
      await mkdir(join(project, name, '..'), { recursive: true });
      await writeFile(join(project, name), text);
    }
    return definitionBundle(join(project, FILE), project);
  }

  const definition = (imports: string, fields = "['name']") => `
    import { defineTable, documents, row } from 'contrail';
    ${imports}
    const thing = row({ id: '<id>' }).with<{ name: string }>();
    export default defineTable({
      keys: { partition: 'id' },
      rows: { thing },
      derive: { things: documents(thing, { collection: 'things', fields: ${fields} }) },
    });`;

  it('given the shop, when unpacked and loaded, then it refuses a malformed event and takes an empty one', async () => {
    const lambda = await functionOf(await definitionBundle(SHOP, ROOT));
    const { answers, err } = await lambda.invoke([{ detail: 'not from a stream' }, { Records: [] }], NOWHERE);
    expect({ answers, err }).to.deep.equal({ answers: [MALFORMED, { batchItemFailures: [] }], err: '' });
  });

  it('given no settings, when loaded, then the start fails with each variable that is missing', async () => {
    const lambda = await functionOf(await definitionBundle(SHOP, ROOT));
    const { status, err } = await lambda.invoke([], {});
    expect(status).not.to.equal(0);
    for (const name of ['TABLE_NAME', 'STATE_TABLE_NAME', 'TYPESENSE_QUEUE_URL'])
      expect(err).to.include(name);
  });

  it('given no definition, then it is the fleet’s', async () => {
    const files = await definitionBundle(undefined, project);
    const lambda = await functionOf(files);
    expect((await lambda.invoke([{}], NOWHERE)).answers).to.deep.equal([MALFORMED]);
    expect(codeOf(files)).to.include('AIRCRAFT#REGISTRY#FAA');
  });

  it('given the shop, then it has Contrail’s cuts, one copy of Contrail, and nothing of the command line or the fleet’s feed', async () => {
    const files = await definitionBundle(SHOP, ROOT);
    const sources = sourcesOf(files);
    expect(sources.filter((source) => source.endsWith('/domain/table-model.ts'))).to.have.lengthOf(1);
    for (const foreign of [
      /entrypoints\/cli\//,
      /src\/feed\//,
      /node_modules\/(?:commander|jiti|esbuild|electrodb|jsonschema|readable-stream|cli-progress)\//,
      /@aws-sdk\/(?:credential-provider-(?!env)|nested-clients|token-providers)/,
    ])
      expect(
        sources.filter((source) => foreign.test(source)),
        String(foreign),
      ).to.deep.equal([]);
    expect(codeOf(files).length).to.be.lessThan(780_000);
    const atOnce = Buffer.from(files.get('index.mjs')!).toString();
    expect(codeOf(files).length - atOnce.length, 'files that are loaded when needed').to.be.greaterThan(
      50_000,
    );
  });

  it('given another time and time zone, then every byte is the same', async () => {
    const first = archive(await definitionBundle(SHOP, ROOT));
    const timeZone = process.env['TZ'];
    try {
      process.env['TZ'] = 'Pacific/Chatham';
      sinon.useFakeTimers({ now: new Date('2031-07-01T12:00:00Z'), toFake: ['Date'] });
      expect(Buffer.from(archive(await definitionBundle(SHOP, ROOT))).equals(first)).to.equal(true);
    } finally {
      sinon.restore();
      if (timeZone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = timeZone;
    }
  });

  it('given files and packages that a definition imports, then they are in it', async () => {
    const files = await bundled({
      [FILE]: definition(
        `import { upper } from './upper.ts'; import shout from 'shouting';`,
        '({ attributes }) => ({ name: shout(upper(attributes.name)) })',
      ),
      'upper.ts': 'export const upper = (text: string): string => `UPPER:${text}`;',
      'node_modules/shouting/package.json': '{ "name": "shouting", "version": "1.0.0", "main": "index.js" }',
      'node_modules/shouting/index.js': 'module.exports = (text) => text + "!SHOUTED!";',
    });
    expect(codeOf(files)).to.include('UPPER:').and.to.include('!SHOUTED!');
    const lambda = await functionOf(files);
    expect((await lambda.invoke([{}], NOWHERE)).answers).to.deep.equal([MALFORMED]);
  });

  const uses: readonly (readonly [name: string, code: string])[] = [
    ['winston', `import config from 'winston/lib/winston/config/index.js';\nconsole.debug(config.npm);`],
    ['ElectroDB', `import { Service } from 'electrodb';\nconsole.debug(Service.name);`],
  ];
  for (const [name, code] of uses)
    it(`given a definition that itself uses ${name}, which the cuts change, then nothing is cut`, async () => {
      await symlink(join(ROOT, 'node_modules'), join(project, 'node_modules'));
      await writeFile(join(project, FILE), definition(code));
      const files = await definitionBundle(join(project, FILE), project);
      const sources = sourcesOf(files);
      for (const whole of [/node_modules\/jsonschema\//, /node_modules\/electrodb\/src\/service\.js$/])
        expect(
          sources.filter((source) => whole.test(source)),
          String(whole),
        ).not.to.deep.equal([]);
      const lambda = await functionOf(files);
      expect((await lambda.invoke([{}], NOWHERE)).answers).to.deep.equal([MALFORMED]);
    });

  it('given an import that nobody can find, then the message names it, its file and its line', async () => {
    const failed = await bundled({ [FILE]: definition("import 'not-there';") }).catch(
      (error: unknown) => error,
    );
    expect(failed).to.include({ kind: 'configuration' });
    expect((failed as Error).message).to.match(
      /contrail\.config\.ts cannot be bundled: Could not resolve "not-there" \(contrail\.config\.ts, line 3\)$/,
    );
  });
});

describeWithServers('the function of the shop, from its zip file', () => {
  it('given orders of a table, when invoked, then documents, counts and the pointer follow', async function () {
    this.timeout(60_000);
    const servers = await sharedServers();
    await createAuditTable();
    const world = await FaultWorld.create(servers);
    const lambda = await UnpackedFunction.of(archive(await definitionBundle(SHOP, ROOT)));
    try {
      const { definition } = await loadDefinition(SHOP, ROOT);
      const feed = new TableFeed(definition);
      const order = (id: string, total: number) => ({
        PK: 'CUSTOMER#ann',
        SK: `ORDER#${id}`,
        status: 'paid',
        total,
        placed_at: '2026-01-05T09:00:00Z',
      });
      const eventSourceARN = `arn:aws:dynamodb:eu-central-1:000000000000:table/${world.table}/stream/2026-01-05T09:00:00.000`;
      const records = [feed.put(order('1', 1.5)), feed.put(order('2', 2.25))].map((record) => ({
        ...record,
        eventSourceARN,
      }));
      await world.write(records as never);
      const queueUrl = await servers.sqs.createFifoQueue(`zip-${world.table}`);
      const { answers, out } = await lambda.invoke([{ Records: records }], {
        ...workerEnvironment(servers),
        TABLE_NAME: world.table,
        STATE_TABLE_NAME: world.stateTable,
        TYPESENSE_QUEUE_URL: queueUrl,
      });
      expect(answers, out).to.deep.equal([{ batchItemFailures: [] }]);
      const read = async (SK: string) => {
        const Key = { PK: { S: 'CUSTOMER#ann' }, SK: { S: SK } };
        return (await world.client.send(new GetItemCommand({ TableName: world.table, Key }))).Item;
      };
      expect((await read('SPEND'))?.['spent']).to.deep.equal({ N: '3.75' });
      expect((await read('LATEST'))?.['order']).to.deep.equal({ S: '2' });
      expect(await drainQueue(world.queueClient, queueUrl, new MemorySearchIndex())).to.equal(2);
    } finally {
      await lambda.remove();
      await world.close();
    }
  });
});
