import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { expect } from 'chai';
import { workerEnvironment } from '../../local/servers/servers.ts';
import { createMainTable, createTable } from '../../local/servers/tables.ts';
import { CONTRAIL, run } from '../support/command-line.ts';
import { range } from '../support/range.ts';
import { unique } from '../support/unique.ts';
import { describeWithServers, sharedServers } from './shared-servers.ts';

describeWithServers('contrail init on a table', () => {
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'contrail-init-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function init(...args: string[]) {
    const servers = await sharedServers();
    // The SDK's own word on Node's version is none of the command.
    const env = { ...workerEnvironment(servers), NODE_NO_WARNINGS: '1' };
    return run([...CONTRAIL, 'init', ...args], '', { cwd: folder, env });
  }

  it('given a table with keys of numbers, most of its rows in one partition, then all kinds are found', async () => {
    const { dynamodb } = (await sharedServers()).clients;
    const table = unique('init');
    const arn = await createMainTable(dynamodb, table, {
      ...{ partition: 'device', partitionType: 'S', sort: 'at', sortType: 'N' },
    });
    const rows = [
      ...range(300).map((n) => ({ device: 'SENSOR#1', at: n, celsius: n / 2 })),
      ...range(30).map((n) => ({ device: `GATEWAY#g${n}`, at: n, firmware: 'x', region: 'eu', owner: 'o' })),
    ];
    for (let from = 0; from < rows.length; from += 25)
      await dynamodb.send(
        new BatchWriteItemCommand({
          RequestItems: {
            [table]: rows.slice(from, from + 25).map((row) => ({ PutRequest: { Item: marshall(row) } })),
          },
        }),
      );
    const { out, err, status } = await init('--table', table, '--out', 'numbers', '--report', 'json');
    expect({ err, status }).to.deep.equal({ err: '', status: 0 });
    const report = JSON.parse(out) as {
      rows: number;
      streamArn: string;
      stream?: string;
      kinds: { key: object }[];
    };
    expect(report.rows).to.equal(rows.length);
    expect(report.streamArn).to.equal(arn);
    expect(report.stream).to.equal(undefined);
    expect(report.kinds.map(({ key }) => key)).to.deep.include.members([
      { device: 'GATEWAY#<gateway>', at: '<at>' },
    ]);
    const parameters = await readFile(join(folder, 'numbers', 'deployment', 'parameters.json'), 'utf8');
    expect(JSON.parse(parameters)).to.deep.equal({ Parameters: { TableStreamArn: arn } });
  });

  it('given an empty table without a stream, or none, then it says so, and the exit status is 2', async () => {
    const { dynamodb } = (await sharedServers()).clients;
    const table = unique('empty');
    await createTable(dynamodb, table);
    const empty = await init('--table', table, '--out', 'empty');
    expect(empty.err).to.match(/^contrail: table \S+ is empty: /);
    const none = await init('--table', unique('none'), '--out', 'none');
    expect(none.err)
      .to.match(/^contrail: table \S+ does not exist /)
      .and.to.contain('--table');
    expect([empty.status, none.status]).to.deep.equal([2, 2]);
  });
});
