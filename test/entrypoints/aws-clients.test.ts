import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import type { Container } from 'inversify';
import sinon from 'sinon';
import { ImageRepository } from '../../src/application/ports/image-repository.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { Quarantine } from '../../src/application/ports/quarantine.ts';
import { SearchQueue } from '../../src/application/ports/search-queue.ts';
import { Fault } from '../../src/domain/fault.ts';
import type { SearchAction } from '../../src/domain/search-action.ts';
import { backendModule } from '../../src/entrypoints/composition/backend.ts';
import { compose } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { readConfig } from '../../src/entrypoints/config.ts';
import { entity, link, version } from '../support/factories.ts';

/** A command's class, of which the SDK makes middleware for a client's settings. */
interface Assembled {
  resolveMiddleware(
    stack: unknown,
    config: { readonly requestHandler: { httpHandlerConfigs(): object } },
    options: unknown,
  ): unknown;
}

const ACTION: SearchAction = {
  key: { collection: 'registry', id: 'FAA:N1' },
  version: version(1),
  identity: { stream: 'arn', sequence: '1' },
  document: undefined,
};

describe('the clients of the AWS backend', () => {
  const servers: Server[] = [];
  const containers: Container[] = [];

  afterEach(async () => {
    sinon.restore();
    for (const container of containers.splice(0)) await container.unbindAllAsync();
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  /** A server of this machine, and how often it was asked. */
  async function aServer(behaviour: 'refuses' | 'fails' | 'is silent') {
    let asked = 0;
    const server = createServer((request, response) => {
      asked++;
      // Read to the end, as a server does that answers.
      request.resume();
      if (behaviour === 'refuses')
        response.writeHead(400, { 'x-amzn-errortype': 'ValidationException' }).end('{}');
      if (behaviour === 'fails') response.writeHead(500).end('{}');
    });
    servers.push(server);
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { endpoint, queueUrl: `${endpoint}/1/search.fifo`, asked: () => asked };
  }

  /** The backend as the handler makes it of these variables, which the SDK reads as well. Requests are not repeated. */
  function backend(variables: Readonly<Record<string, string>>): Container {
    const environment = {
      BACKEND: 'aws',
      TABLE_NAME: 'rows',
      STATE_TABLE_NAME: 'states',
      AWS_REGION: 'eu-central-1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_MAX_ATTEMPTS: '1',
      ...variables,
    };
    sinon.stub(process, 'env').value(environment);
    const container = compose(
      backendModule(readConfig(environment).backend),
      systemModule({ level: 'silent', stream: process.stderr, readable: false }),
    );
    containers.push(container);
    return container;
  }

  describe('the endpoint of the queue', () => {
    for (const name of ['AWS_ENDPOINT_URL_SQS', 'AWS_ENDPOINT_URL'])
      it(`given ${name}, then messages go there, whatever the queue's URL says`, async () => {
        const [named, ofQueue] = [await aServer('refuses'), await aServer('refuses')];
        const container = backend({ [name]: named.endpoint, TYPESENSE_QUEUE_URL: ofQueue.queueUrl });
        await container.get(SearchQueue).send([ACTION]);
        expect([named.asked(), ofQueue.asked()]).to.deep.equal([1, 0]);
      });

    it('given no endpoint, when messages are sent, then each goes to where the URL of its queue says', async () => {
      // The SDK says that the endpoint which it would have taken is another.
      sinon.stub(console, 'warn');
      const [search, quarantine] = [await aServer('refuses'), await aServer('refuses')];
      const container = backend({
        TYPESENSE_QUEUE_URL: search.queueUrl,
        QUARANTINE_QUEUE_URL: quarantine.queueUrl.replace('search', 'quarantine'),
      });
      await container.get(SearchQueue).send([ACTION]);
      expect([search.asked(), quarantine.asked()]).to.deep.equal([1, 0]);
      const poison = { record: {}, raw: {}, fault: new Fault('permanent', 'no image') };
      await container.get(Quarantine).keep([poison]);
      expect([search.asked(), quarantine.asked()]).to.deep.equal([1, 1]);
    });
  });

  describe('attempts', () => {
    for (const [AWS_MAX_ATTEMPTS, attempts] of [
      ['', 3],
      ['2', 2],
    ] as const)
      it(`given AWS_MAX_ATTEMPTS "${AWS_MAX_ATTEMPTS}" and servers that fail, then each request is tried ${attempts} times`, async () => {
        const failing = await aServer('fails');
        const container = backend({
          AWS_ENDPOINT_URL: failing.endpoint,
          TYPESENSE_QUEUE_URL: failing.queueUrl,
          AWS_MAX_ATTEMPTS,
        });
        await container.get(SearchQueue).send([ACTION]);
        expect(failing.asked()).to.equal(attempts);
        await container.get(ImageRepository).load([entity()]);
        expect(failing.asked(), 'without the pointer, nothing more is asked').to.equal(2 * attempts);
      });
  });

  describe('time-outs', () => {
    it('given servers that never answer, when asked, then every request is given up after 5 s as transient', async function () {
      this.timeout(30_000);
      const silent = await aServer('is silent');
      const container = backend({
        AWS_ENDPOINT_URL: silent.endpoint,
        TYPESENSE_QUEUE_URL: silent.queueUrl,
        QUARANTINE_QUEUE_URL: silent.queueUrl.replace('search', 'quarantine'),
      });
      const poison = { record: {}, raw: {}, fault: new Fault('permanent', 'no image') };
      const started = performance.now();
      const results = await Promise.all([
        container.get(SearchQueue).send([ACTION]),
        container.get(Quarantine).keep([poison]),
        container.get(ImageRepository).load([entity()]),
        container
          .get(MatcherRepository)
          .load([link()])
          .catch((error: unknown) => [error]),
      ]);
      expect(performance.now() - started).to.be.within(4_500, 15_000);
      // What is read at one moment is one request, and the moments are one where ElectroDB has been loaded.
      expect(silent.asked()).to.be.within(3, 4);
      for (const [result] of results)
        expect(result).to.be.instanceOf(Fault).and.include({ kind: 'transient' });
    });

    it('given any request, then a second is all that connecting may take', async () => {
      const refusing = await aServer('refuses');
      const container = backend({
        AWS_ENDPOINT_URL: refusing.endpoint,
        TYPESENSE_QUEUE_URL: refusing.queueUrl,
      });
      const assemblies = [BatchGetItemCommand, SendMessageBatchCommand].map(({ prototype }) =>
        sinon.spy(prototype as unknown as Assembled, 'resolveMiddleware'),
      );
      await container.get(SearchQueue).send([ACTION]);
      await container.get(ImageRepository).load([entity()]);
      for (const { firstCall } of assemblies)
        expect(firstCall.args[1].requestHandler.httpHandlerConfigs()).to.include({
          connectionTimeout: 1_000,
        });
    });
  });
});
