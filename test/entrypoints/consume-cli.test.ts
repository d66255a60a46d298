import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetItemCommand, PutItemCommand, UpdateTableCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'chai';
import { LOCAL_SDK } from '../../local/servers/local-credentials.ts';
import { createMainTable, createStateTable, createTable } from '../../local/servers/tables.ts';
import { SERVER } from '../integration/postgres.ts';
import { describeWithServers, sharedServers } from '../integration/shared-servers.ts';
import { BUNDLED_CONTRAIL } from '../support/bundled-contrail.ts';
import { type Finished, run, start } from '../support/command-line.ts';
import { unique } from '../support/unique.ts';

const DEFINITION = `
import { counts, defineTable, effect, row } from '${new URL('../../dist/index.js', import.meta.url).href}';
const item = row({ PK: 'ITEM#<id>', SK: 'ITEM' });
export default defineTable({
  keys: { partition: 'PK', sort: 'SK' },
  rows: { item },
  derive: {
    'per-kind': counts(item, { by: ['kind'], at: { PK: 'KIND#<kind>', SK: 'COUNT' } }),
    refusing: effect(item, {
      attempts: 1,
      run: ({ after }) => {
        if (after.kind === 'refused') throw new Error('never');
      },
    }),
  },
});
`;

describeWithServers('contrail consume', () => {
  let folder: string;
  let definition: string;
  let environment: Record<string, string>;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    definition = join(folder, 'items.config.mjs');
    await writeFile(definition, DEFINITION);
    const { dynamodb } = await sharedServers();
    environment = {
      BACKEND: 'aws',
      AWS_REGION: LOCAL_SDK.region,
      AWS_ACCESS_KEY_ID: LOCAL_SDK.credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: LOCAL_SDK.credentials.secretAccessKey,
      AWS_ENDPOINT_URL: dynamodb.endpoint,
      RETRY_ATTEMPTS: '1',
      // The SDK tells of versions of Node.
      NODE_NO_WARNINGS: '1',
    };
  });
  after(() => rm(folder, { recursive: true, force: true }));

  // Of tests that fail.
  const children: ReturnType<typeof start>[] = [];
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  const args = (...more: string[]) => [
    ...BUNDLED_CONTRAIL,
    'consume',
    ...['--definition', definition],
    ...more,
  ];
  const consume = (env: Record<string, string>, ...more: string[]): Promise<Finished> =>
    run(args(...more), '', { env: { ...environment, ...env } });

  /** A table with a stream, and a state table of its own. */
  async function aTable() {
    const { dynamodb } = (await sharedServers()).clients;
    const [table, stateTable] = [unique('items'), unique('states')];
    const stream = await createMainTable(dynamodb, table);
    await createStateTable(dynamodb, stateTable);
    const put = async (...kinds: string[]) => {
      for (const kind of kinds) {
        const Item = { PK: { S: `ITEM#${unique('n')}` }, SK: { S: 'ITEM' }, kind: { S: kind } };
        await dynamodb.send(new PutItemCommand({ TableName: table, Item }));
      }
    };
    const switchStream = (StreamEnabled: boolean) =>
      dynamodb.send(
        new UpdateTableCommand({
          TableName: table,
          StreamSpecification: {
            StreamEnabled,
            ...(StreamEnabled && { StreamViewType: 'NEW_AND_OLD_IMAGES' }),
          },
        }),
      );
    const count = async (kind: string) => {
      const Key = { PK: { S: `KIND#${kind}` }, SK: { S: 'COUNT' } };
      const { Item } = await dynamodb.send(
        new GetItemCommand({ TableName: table, Key, ConsistentRead: true }),
      );
      return Item?.['count']?.N;
    };
    return {
      table,
      stream,
      put,
      count,
      switchStream,
      env: { TABLE_NAME: table, STATE_TABLE_NAME: stateTable },
    };
  }

  it('given what an operator has to mend, then it says what, where and what to do, and ends with 2', async () => {
    const { clients } = await sharedServers();
    const bare = unique('bare');
    await createTable(clients.dynamodb, bare);
    const { env, table, stream } = await aTable();
    const off = await aTable();
    await off.switchStream(false);
    const refused: readonly (readonly [more: string[], env: Record<string, string>, said: RegExp])[] = [
      [[], { BACKEND: 'memory' }, /give --table NAME or --stream-arn ARN, or set TABLE_NAME/],
      [['--table', table, '--stream-arn', stream], env, /both --table and --stream-arn/],
      [['--stream-arn', 'orders'], env, /Expected a stream ARN/],
      [['--table', off.table], env, /has no stream that is switched on/],
      [['--table', bare], env, new RegExp(`table ${bare} has no stream that is switched on`)],
      [['--table', unique('missing')], env, /does not exist.*set --table or TABLE_NAME/],
      [['--stream-arn', stream.replace(table, 'missing')], env, /there is no stream arn:/],
      [['--health', '80x'], env, /Expected an integer/],
      [[], { ...env, STATE_TABLE_NAME: '' }, /STATE_TABLE_NAME is not set/],
    ];
    await Promise.all(
      refused.map(async ([more, of, said]) => {
        const { err, out, status } = await consume(of, ...more);
        expect(err).to.match(said);
        expect({ out, status }, more.join(' ')).to.deep.equal({ out: '', status: 2 });
      }),
    );
  });

  it('given --once, then it handles what is there, and the next time only what is new', async () => {
    const { env, put, stream } = await aTable();
    await put('a', 'b', 'a');
    const first = await consume(env, '--once', '--report', 'json');
    expect(first.status, first.err).to.equal(0);
    const { seconds, handled, ...others } = JSON.parse(first.out) as Record<string, number>;
    expect(seconds).to.be.a('number');
    // Those of the counts that it wrote may be among them.
    expect(handled).to.be.within(3, 5);
    expect(others).to.deep.equal({ stream, unhandled: 0, endOfStream: false, gaps: [] });
    const again = await consume({ ...env, LOG_LEVEL: 'error' }, '--once');
    expect(again.out).to.match(/^[0-2] records? handled in [\d.]+ s, 0 read and not handled\n$/);
    expect(again).to.include({ err: '', status: 0 });
  });

  it('given --state in memory, then the next process goes on from there, and one beside it is refused', async () => {
    const { env, put } = await aTable();
    await put('a', 'b');
    const state = ['--backend', 'memory', '--once', '--state', join(folder, unique('state'))];
    expect((await consume(env, ...state)).out).to.include('2 records handled');
    await put('c');
    const both = await Promise.all([consume(env, ...state), consume(env, ...state)]);
    expect(both.map(({ status }) => status).toSorted()).to.deep.equal([0, 2]);
    expect(both.map(({ out }) => out).join('')).to.include('1 record handled');
    expect(both.map(({ err }) => err).join('')).to.match(/is held by process \d+/);
  });

  it('given --metrics, then those of each batch are printed, and its own as a reader', async () => {
    const { env, put } = await aTable();
    await put('a', 'b');
    const { out, err, status } = await consume({ ...env, LOG_LEVEL: 'error' }, '--once', '--metrics');
    expect(status, err).to.equal(0);
    const lines = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, number>);
    const [own, ...others] = lines.filter((line) => 'RecordsHandled' in line);
    expect(others).to.deep.equal([]);
    expect(own).to.include({ service: 'contrail', StreamThrottles: 0, OpenGaps: 0, LeasesHeld: 0 });
    expect(own!['RecordsHandled']).to.be.within(2, 4);
    expect(own!['GetRecordsRequests']).to.be.above(0);
    const batches = lines.filter((line) => 'BatchRecords' in line);
    const sum = batches.reduce((all, batch) => all + batch['BatchRecords']!, 0);
    expect(sum).to.equal(own!['RecordsHandled']);
    expect(batches.every((batch) => !('OpenGaps' in batch))).to.equal(true);
    expect(err).to.match(/^[234] records handled in/);
  });

  it('given a record that fails, then the others are handled, it is tried again, and the status is 1', async () => {
    const { env, put } = await aTable();
    await put('a', 'refused', 'b');
    const { out, err, status } = await consume(env, '--once', '--report', 'json', '--backend', 'memory');
    expect(status).to.equal(1);
    expect(JSON.parse(out)).to.include({ handled: 2, unhandled: 1 });
    expect(err).to.include('record failed');
  });

  it('given SIGTERM, then it ends in good order, having told over HTTP how it is doing', async () => {
    const { env, put, stream } = await aTable();
    await put('a');
    const child = start(args('--health', '0', '--report', 'json'), { env: { ...environment, ...env } });
    children.push(child);
    let [out, err] = ['', ''];
    child.stdout.on('data', (text) => (out += String(text)));
    const port = await new Promise<string>((resolve) =>
      child.stderr.on('data', (text) => {
        err += String(text);
        const found = /"port":(\d+)/.exec(err)?.[1];
        // Then something was handled, too.
        if (found !== undefined && err.includes('"message":"batch"')) resolve(found);
      }),
    );
    const ask = async (path: string) => {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      return [answer.status, (await answer.json()) as Record<string, unknown>] as const;
    };
    for (const path of ['/', '/live', '/ready']) {
      const [status, health] = await ask(path);
      expect(status).to.equal(200);
      expect(health).to.deep.include({
        live: true,
        ready: true,
        stream,
        gaps: [],
        openShards: 1,
        switchedOff: false,
      });
      expect(health['shards']).to.have.length(1);
    }
    expect((await ask('/other'))[0]).to.equal(404);
    child.kill('SIGTERM');
    const [status] = (await once(child, 'close')) as [number | null];
    expect(status, err).to.equal(0);
    expect(JSON.parse(out)).to.deep.include({ stream, unhandled: 0, gaps: [] });
  });

  it('given another stream than before, then it reads both, and tells of the gap between them', async () => {
    const { env, put, count, switchStream } = await aTable();
    await put('a', 'b');
    expect((await consume(env, '--once')).status).to.equal(0);
    await put('c');
    await switchStream(false);
    await switchStream(true);
    await put('d', 'e');
    const { out, err, status } = await consume(env, '--once', '--report', 'json', '--from', 'latest');
    const { handled, unhandled, gaps } = JSON.parse(out) as { gaps: { reason: string }[] } & Record<
      string,
      number
    >;
    expect(handled).to.be.at.least(3);
    expect([await count('c'), await count('d'), await count('e')]).to.deep.equal(['1', '1', '1']);
    expect(unhandled).to.equal(0);
    expect(gaps.map(({ reason }) => reason)).to.include('new stream');
    expect(err).to.include('the table has another stream than before');
    expect(status).to.equal(1);
  });

  it('given PostgreSQL, then how far it has come is there, and every document', async function () {
    if (SERVER.missing !== undefined) this.skip();
    const { database: server, names, close } = await SERVER.own();
    const { env, put } = await aTable();
    await put('a', 'b', 'a');
    const searched = join(folder, 'searched.config.mjs');
    const derived = "derive: { things: documents(item, { collection: 'things', fields: ['kind'] }),";
    const text = DEFINITION.replace('{ counts,', '{ counts, documents,').replace('derive: {', derived);
    await writeFile(searched, text);
    const database = { ...env, DATABASE_URL: SERVER.url, DATABASE_SCHEMA: names.schemaName };
    const once = (...more: string[]) =>
      consume(
        database,
        ...['--definition', searched, '--once', '--report', 'json', '--backend', 'postgres', ...more],
      );
    const documents = async () => {
      const rows = await server.query<{ kind: string }>(
        `select fields->>'kind' as kind from ${names.documents} where collection = 'things' order by 1`,
      );
      return rows.map(({ kind }) => kind);
    };
    const first = await once();
    expect(first.status, first.err).to.equal(0);
    expect(JSON.parse(first.out)).to.include({ handled: 3, unhandled: 0 });
    expect(await documents()).to.deep.equal(['a', 'a', 'b']);
    expect(JSON.parse((await once()).out)).to.include({ handled: 0, unhandled: 0 });

    await put('c');
    expect(JSON.parse((await once('--no-index')).out)).to.include({ handled: 1, unhandled: 0 });
    expect(await documents(), 'left in the queue').to.deep.equal(['a', 'a', 'b']);
    await once();
    expect(await documents()).to.deep.equal(['a', 'a', 'b', 'c']);
    await close();
  });
});
