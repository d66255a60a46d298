import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { DynamoDBRecord } from 'aws-lambda';
import { EventSource } from '../../local/lambda/event-source.ts';
import { createMemoryWorker } from '../../src/entrypoints/memory-worker.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { verify } from '../../src/application/verify/verify.ts';

const text = readFileSync(new URL('../../fixtures/captured.ndjson', import.meta.url), 'utf8');
const records = text
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as DynamoDBRecord);

describe('the stream records captured from DynamoDB Local', () => {
  it('hold every operation, and values of every type', () => {
    expect(new Set(records.map(({ eventName }) => eventName))).to.have.all.keys('INSERT', 'MODIFY', 'REMOVE');
    for (const type of ['S', 'N', 'B', 'SS', 'NS', 'BS', 'BOOL', 'NULL', 'L', 'M'])
      expect(text).to.include(`{"${type}":`);
    expect(text)
      .to.match(/"N":"\d{38}"/)
      .and.to.include('"__proto__":{"S":');
  });

  for (const [how, deliveries] of [
    ['once', 1],
    ['three times', 3],
  ] as const)
    it(`given to the worker in memory ${how}, then leave no drift`, async () => {
      const worker = createMemoryWorker({ log: { level: 'error', stream: process.stderr } });
      const source = new EventSource(worker.handler, { batchSize: 50, maxAttempts: 1 });
      for (let delivery = 0; delivery < deliveries; delivery++) await source.deliver(records);
      worker.drain();
      const { checked, drift } = await verify(worker.state, fleet);
      expect(source.givenUp).to.deep.equal([]);
      expect(drift).to.deep.equal([]);
      expect(checked.search).to.be.greaterThan(100);
      expect(checked.defaultImages).to.be.greaterThan(10);
      expect(checked.matcher).to.be.greaterThan(10);
    });
});
