import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import type { ReceivedAction } from '../../../../src/application/ports/search-action-source.ts';
import { SqsSearchActionSource } from '../../../../src/adapters/aws/sqs/sqs-search-action-source.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { range } from '../../../support/range.ts';
import { thrown } from './sqs-double.ts';

interface Input {
  readonly Entries?: readonly { readonly Id: string; readonly VisibilityTimeout?: number }[];
}

type Answer = (input: Input) => object | Promise<object>;

/** What was asked, and a source that is answered so. */
function sourceWith(
  answer: Answer,
  queueUrl = 'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo',
) {
  const requests: { readonly name: string; readonly input: Input; readonly options: object | undefined }[] =
    [];
  const client = {
    send: async (command: { readonly input: Input }, options?: object) => {
      requests.push({ name: command.constructor.name, input: command.input, options });
      return answer(command.input);
    },
  };
  const source = new SqsSearchActionSource(client, {
    ...{ queueUrl, visibilityMs: 60_000, allowStandard: true },
  });
  return { source, requests };
}

const received = (n: number): ReceivedAction => ({
  ...{ action: new Fault('permanent', 'none'), receipt: `receipt ${n}`, message: `m${n}` },
  ...{ group: 'g', receives: 1, sentAt: undefined },
});

const allDone: Answer = ({ Entries = [] }) => ({ Successful: Entries.map(({ Id }) => ({ Id })), Failed: [] });
const refusing =
  (failure: Omit<BatchResultErrorEntry, 'Id'>): Answer =>
  ({ Entries = [] }) => ({ Failed: Entries.map(({ Id }) => ({ Id, ...failure })) });

/** As SQS says that a message is no longer the receiver's, of FIFO queues and of others. */
const LOST: readonly Omit<BatchResultErrorEntry, 'Id'>[] = [
  { Code: 'ReceiptHandleIsInvalid', SenderFault: true, Message: 'The input receipt handle is invalid.' },
  { Code: 'AWS.SimpleQueueService.MessageNotInflight', SenderFault: true, Message: '' },
  {
    Code: 'InvalidParameterValue',
    SenderFault: true,
    Message: 'Value x for parameter ReceiptHandle is invalid. Reason: The receipt handle has expired.',
  },
  {
    Code: 'InvalidParameterValue',
    SenderFault: true,
    Message:
      'Value x for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.',
  },
];

describe('SqsSearchActionSource', () => {
  it('given a wait, when receiving, then asks for ten at most, for that long, as an attempt of its own', async () => {
    const { source, requests } = sourceWith(() => ({}));
    expect(await source.receive({ max: 500, waitMs: 60_000 })).to.deep.equal([]);
    await source.receive({ max: 3, waitMs: 1 });
    const [first, second] = requests.map(({ input }) => input as Record<string, unknown>);
    expect(first).to.include({ MaxNumberOfMessages: 10, WaitTimeSeconds: 20, VisibilityTimeout: 60 });
    expect(second).to.include({ MaxNumberOfMessages: 3, WaitTimeSeconds: 1 });
    expect(first?.['ReceiveRequestAttemptId'])
      .to.be.a('string')
      .and.not.equal(second?.['ReceiveRequestAttemptId']);
    expect(requests.map(({ options }) => options)).to.deep.equal(
      range(2).map(() => ({ requestTimeout: 25_000 })),
    );
  });

  it('given a standard queue, when receiving, then names no attempt, and each message is a group', async () => {
    const Messages = ['a', 'b'].map((MessageId) => ({ MessageId, ReceiptHandle: 'r', Body: '{' }));
    const { source, requests } = sourceWith(
      () => ({ Messages }),
      'http://localhost:4566/000000000000/search',
    );
    const all = await source.receive({ max: 10, waitMs: 0 });
    expect(requests[0]?.input).not.to.have.property('ReceiveRequestAttemptId');
    expect(new Set(all.map(({ group }) => group)).size).to.equal(2);
    expect(all[0]).to.deep.include({ receives: 1, sentAt: undefined });
  });

  it('given a queue that is not there, when receiving, then a Fault names it and its variable', async () => {
    const { source } = sourceWith(() => {
      throw thrown('QueueDoesNotExist');
    });
    const fault = await source.receive({ max: 1, waitMs: 0 }).catch((error: unknown) => error as Fault);
    expect(fault).to.include({ kind: 'configuration' });
    expect((fault as Fault).message)
      .to.include('search.fifo')
      .and.include('TYPESENSE_QUEUE_URL');
  });

  it('given 25 messages, then takes three requests, and each entry has its own result', async () => {
    const { source, requests } = sourceWith((input) => ({
      Successful: input.Entries?.filter(({ Id }) => Id !== '3').map(({ Id }) => ({ Id })),
      Failed: [{ Id: '3', Code: 'InternalError', SenderFault: false }],
    }));
    const results = await source.acknowledge(range(25).map(received));
    expect(requests.map(({ input }) => input.Entries?.length)).to.deep.equal([10, 10, 5]);
    for (const [index, result] of results.entries())
      if (index % 10 === 3) expect(result).to.include({ kind: 'transient' });
      else expect(result).to.equal('done');
  });

  it('given no word of an entry, then it is not done', async () => {
    const { source } = sourceWith(() => ({ Successful: [], Failed: [] }));
    const [result] = await source.acknowledge([received(1)]);
    expect(result).to.include({ kind: 'transient' });
    expect((result as Fault).message).to.include('m1');
  });

  it('given a request that fails, then all of its messages have the Fault, and no others', async () => {
    let count = 0;
    const { source } = sourceWith((input) => {
      if (count++ === 0) throw thrown('AccessDenied');
      return allDone(input);
    });
    const results = await source.acknowledge(range(12).map(received));
    expect(
      results.slice(0, 10).every((result) => Fault.is(result) && result.kind === 'configuration'),
    ).to.equal(true);
    expect(results.slice(10)).to.deep.equal(['done', 'done']);
  });

  for (const failure of LOST)
    it(`given ${failure.Code} ${failure.Message?.slice(-30)}, then it is lost: given back, and neither acknowledged nor kept`, async () => {
      const { source } = sourceWith(refusing(failure));
      expect(await source.giveBack([received(1)], 0)).to.deep.equal(['done']);
      expect((await source.extend([received(1)]))[0]).to.include({ kind: 'conflict' });
      expect((await source.acknowledge([received(1)]))[0]).to.include({ kind: 'conflict' });
    });

  it('given a visibility beyond 12 hours in all, when extended, then it is not taken for lost', async () => {
    const Message =
      'Value 60 for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].';
    const { source } = sourceWith(refusing({ Code: 'InvalidParameterValue', SenderFault: true, Message }));
    expect((await source.extend([received(1)]))[0]).to.include({ kind: 'configuration' });
  });

  it('given a delay, when given back, then it is whole seconds, rounded up, of which SQS takes 12 hours', async () => {
    const { source, requests } = sourceWith(allDone);
    for (const delayMs of [0, 1, 1_001, 1e9]) await source.giveBack([received(1)], delayMs);
    const seconds = requests.map(({ input }) => input.Entries?.[0]?.VisibilityTimeout);
    expect(seconds).to.deep.equal([0, 1, 2, 43_200]);
  });
});
