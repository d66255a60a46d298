import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SQSClient } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { type Message, MessageSender } from '../../../../src/adapters/aws/sqs/message-sender.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { kindsOf, shown } from '../../../support/kinds.ts';
import { range } from '../../../support/range.ts';
import { SqsDouble, taken, thrown } from './sqs-double.ts';
import { isRejected } from '../../../support/is-rejected.ts';

function messageOf(text: string): Message {
  return { body: text, bytes: text.length, groupId: text, deduplicationId: text, name: text };
}

function setUp(concurrency = 1, client?: SQSClient) {
  const sqs = new SqsDouble();
  const sender = new MessageSender(client ?? sqs, {
    name: 'q.fifo',
    fifo: true,
    queueUrl: 'https://sqs.eu-central-1.amazonaws.com/123456789012/q.fifo',
    variable: 'QUEUE_URL',
    maxBatchBytes: 1000,
    sizeAdvice: 'raise the bound',
    concurrency,
  });
  return { sqs, sender };
}

const TEXTS = range(35).map((n) => `m${n}`);

describe('MessageSender', () => {
  it('given an item without a message, when sent, then what was thrown is its Fault, and the others go', async () => {
    const { sqs, sender } = setUp();
    const fault = new Fault('permanent', 'not this one');
    const results = await sender.send(['a', 'b', 'c'], (text) => {
      if (text === 'b') throw fault;
      return messageOf(text);
    });
    expect(results).to.deep.equal(['done', fault, 'done']);
    expect(sqs.entries.map(({ MessageBody }) => MessageBody)).to.deep.equal(['a', 'c']);
  });

  it('given a fault that is no Fault, when sent, then it is made one, and kept as its cause', async () => {
    const error = new RangeError('too deep');
    const [result] = await setUp().sender.send(['a'], () => {
      throw error;
    });
    expect(result).to.be.instanceOf(Fault).and.include({ kind: 'transient', cause: error });
  });

  describe('refusals', () => {
    it('given a queue that takes less at once, when sent, then requests get smaller until all is sent', async () => {
      const { sqs, sender } = setUp();
      sqs.answer = (entries) => {
        if (entries.reduce((sum, { MessageBody = '' }) => sum + MessageBody.length, 0) > 250)
          throw thrown('BatchRequestTooLong', 'Batch requests cannot be longer than 250 bytes.');
        return { Successful: entries.map(taken) };
      };
      const results = await sender.send(
        range(20).map((n) => `${n}`.padEnd(50, 'x')),
        messageOf,
      );
      expect(results).to.deep.equal(range(20).map(() => 'done'));
    });

    for (const [what, [large, bad]] of Object.entries({
      'as a request': ['BatchRequestTooLong', 'InvalidMessageContents'],
      'as an entry': [],
    })) {
      it(`given one message too large for the queue, ${what}, then it alone is of the configuration`, async () => {
        const { sqs, sender } = setUp();
        const message = 'One or more parameters are invalid. Reason: Message must be shorter than 250 bytes.';
        sqs.refuse((body) => body.length > 250, { code: 'InvalidParameterValue', message, whole: large });
        const results = await sender.send(['a', 'b', 'x'.repeat(300), 'c'], messageOf);
        expect(kindsOf(results)).to.deep.equal(['done', 'done', 'configuration', 'done']);
        expect((results[2] as Fault).message).to.match(
          /is 300 bytes, too large for queue q\.fifo.*; raise the bound$/,
        );
      });

      it(`given one message refused for what it holds, ${what}, then it alone is poison`, async () => {
        const { sqs, sender } = setUp();
        sqs.refuse((body) => body === 'bad', { code: 'InvalidMessageContents', whole: bad });
        const results = await sender.send([...TEXTS.slice(0, 13), 'bad', ...TEXTS.slice(13)], messageOf);
        expect(kindsOf(results)).to.deep.equal(range(36).map((n) => (n === 13 ? 'permanent' : 'done')));
      });

      it(`given all messages refused for what they hold, ${what}, then all are poison`, async () => {
        const { sqs, sender } = setUp();
        sqs.refuse(() => true, { code: 'InvalidMessageContents', whole: bad });
        for (const texts of [['a'], TEXTS])
          expect(kindsOf(await sender.send(texts, messageOf))).to.deep.equal(texts.map(() => 'permanent'));
      });
    }

    for (const [kind, codes] of [
      [
        'configuration',
        `ExpiredTokenException UnrecognizedClientException KMS.DisabledException KmsAccessDenied AccessDenied
        AWS.SimpleQueueService.NonExistentQueue SubscriptionRequiredException KMS.KMSDisabledException
        KMSDisabledException QueueDeletedRecently SomethingNew`,
      ],
      [
        'transient',
        `KMS.KeyUnavailableException KMS.DependencyTimeoutException KMSInternalException KmsThrottled
        RequestThrottled`,
      ],
    ] as const)
      for (const code of codes.split(/\s+/))
        it(`given ${code} for all entries, then all are ${kind}`, async () => {
          const { sqs, sender } = setUp();
          sqs.refuse(() => true, { code });
          expect(kindsOf(await sender.send(TEXTS, messageOf))).to.deep.equal(TEXTS.map(() => kind));
          expect(sqs.requests).to.have.length(4);
        });

    for (const [what, whole] of [
      ['a page with status 400', 'UnknownError'],
      ['an unknown code', 'SomethingNew'],
      ['a code that an entry has', undefined],
    ] as const)
      it(`given ${what} from the third request on, then what it is said of is configuration`, async () => {
        const { sqs, sender } = setUp();
        sqs.refuse(() => sqs.requests.length > 2, { code: 'SomethingNew', whole });
        expect(kindsOf(await sender.send(TEXTS, messageOf))).to.deep.equal(
          range(35).map((n) => (n < 20 ? 'done' : 'configuration')),
        );
      });

    it('given an unknown code for four of each ten, then those are configuration, and say which', async () => {
      const { sqs, sender } = setUp();
      sqs.refuse((body) => Number(body.slice(1)) % 10 < 4, { code: 'SomethingNew', message: 'x' });
      const results = await sender.send(TEXTS.slice(0, 20), messageOf);
      expect(kindsOf(results)).to.deep.equal(range(20).map((n) => (n % 10 < 4 ? 'configuration' : 'done')));
      expect((results[13] as Fault).message).to.equal(
        'the message for m13: queue q.fifo: refused (SomethingNew: x); check QUEUE_URL, and what queue q.fifo allows',
      );
      const reasons = results.filter((result) => Fault.is(result)).map(({ reason }) => reason);
      expect(new Set(reasons).size).to.equal(1);
    });

    it('given expired credentials for one entry only, when sent, then it is of the configuration', async () => {
      const { sqs, sender } = setUp();
      sqs.refuse((body) => body === 'a', { code: 'ExpiredToken', message: 'expired' });
      const results = await sender.send(['a', 'b'], messageOf);
      expect(kindsOf(results)).to.deep.equal(['configuration', 'done']);
      expect((results[0] as Fault).message).to.match(/no valid credentials/);
    });

    for (const [what, error] of [
      ['an unknown code', thrown('SomethingNew')],
      ['a page from a proxy', Object.assign(thrown('SyntaxError'), { $metadata: { httpStatusCode: 404 } })],
      ['a queue that is not there', thrown('QueueDoesNotExist')],
      ['a disabled key', thrown('KmsDisabled')],
    ] as const)
      it(`given ${what} as any answer, then no message is poison, after few requests`, async () => {
        const { sqs, sender } = setUp();
        sqs.answer = () => {
          throw error;
        };
        expect(kindsOf(await sender.send(TEXTS, messageOf))).to.deep.equal(TEXTS.map(() => 'configuration'));
        expect(sqs.requests.length).to.be.at.most(4 + 2 * 4 + 5);
      });
  });

  describe('the signal', () => {
    it('given one that is aborted, when sent, then no request is made', async () => {
      const { sqs, sender } = setUp(4);
      expect(await isRejected(sender.send(TEXTS, messageOf, AbortSignal.abort()))).to.equal(true);
      expect(sqs.requests).to.be.empty;
    });

    it('given one that is aborted meanwhile, when sent, then no request follows', async () => {
      const { sqs, sender } = setUp();
      const controller = new AbortController();
      sqs.answer = (entries) => {
        if (sqs.requests.length === 2) controller.abort();
        return { Successful: entries.map(taken) };
      };
      expect(await isRejected(sender.send(TEXTS, messageOf, controller.signal))).to.equal(true);
      expect(sqs.requests).to.have.length(2);
    });

    it('given one, when sent, then every request gets it; given none, then no request does', async () => {
      const { sqs, sender } = setUp();
      const { signal } = new AbortController();
      await sender.send(TEXTS, messageOf, signal);
      expect(sqs.requests.map((request) => request.signal)).to.deep.equal(sqs.requests.map(() => signal));
      await sender.send(['a'], messageOf);
      expect(sqs.requests.at(-1)).to.have.property('signal', undefined);
    });

    it('given a request that is broken off, when sent, then its messages have a transient fault', async () => {
      const { sqs, sender } = setUp(2);
      sqs.answer = (entries) => {
        if (entries[0]?.Id === '10')
          throw Object.assign(new Error('Request aborted'), { name: 'AbortError' });
        return { Successful: entries.map(taken) };
      };
      const results = await sender.send(TEXTS, messageOf, new AbortController().signal);
      for (const [index, result] of results.entries())
        if (index >= 10 && index < 20)
          expect(shown(result)).to.equal('transient: queue q.fifo: AbortError: Request aborted');
        else expect(result).to.equal('done');
    });

    it('given one that is aborted while a server is silent, then all is over at once, and in silence', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const client = new SQSClient({
        region: 'eu-central-1',
        credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      });
      const warnings: Error[] = [];
      const warned = (warning: Error) => warnings.push(warning);
      process.on('warning', warned);
      try {
        const controller = new AbortController();
        const { sender } = setUp(20, client);
        const results = sender.send(
          range(300).map((n) => `m${n}`),
          messageOf,
          controller.signal,
        );
        await once(server, 'request');
        controller.abort();
        expect(await isRejected(results)).to.equal(true);
        expect(warnings.map(({ name }) => name)).not.to.include('MaxListenersExceededWarning');
      } finally {
        process.off('warning', warned);
        client.destroy();
        server.closeAllConnections();
        server.close();
      }
    });
  });
});
