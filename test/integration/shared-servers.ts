import { CreateTableCommand } from '@aws-sdk/client-dynamodb';
import type { LocalServers } from '../../local/servers/servers.ts';
import { startServers } from '../../local/servers/servers.ts';
import { javaMissing } from '../../local/servers/java.ts';
import { describeUnless } from '../support/describe-unless.ts';

let running: Promise<LocalServers> | undefined;

/** The servers that every integration suite shares, started by the first that asks. Tests keep to keys of their own. */
export function sharedServers(): Promise<LocalServers> {
  running ??= startServers({ brief: true });
  return running;
}

let audit: Promise<unknown> | undefined;

/** The table beside the shop's, in which it notes what was ordered (examples/shop), once for all tests. */
export async function createAuditTable(): Promise<void> {
  const { clients } = await sharedServers();
  audit ??= clients.dynamodb.send(
    new CreateTableCommand({
      TableName: 'audit',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  await audit;
}

// A process of a parallel run takes file after file: there they last as long as the process, and end with it.
if (process.env['MOCHA_WORKER_ID'] === undefined)
  after(async function () {
    this.timeout(180_000);
    await (await running)?.stop();
  });

/** What the servers lack here, in words; in CI they must run. */
export function serversMissing(): string | undefined {
  return process.env['CI'] === undefined ? javaMissing() : undefined;
}

/** Defines suites that need DynamoDB Local. */
export function describeWithServers(title: string, define: () => void): void {
  describeUnless(javaMissing(), title, define);
}
