import { expect } from 'chai';
import { parseQueueUrl } from '../../../../src/adapters/aws/sqs/queue-url.ts';
import { faultOf } from '../../../support/factories.ts';

describe('parseQueueUrl', () => {
  const good: [url: string, name: string, fifo: boolean][] = [
    ['https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo', 'search.fifo', true],
    ['https://sqs.eu-central-1.amazonaws.com/123456789012/search', 'search', false],
    ['http://sqs.us-east-1.localhost:4566/000000000000/a_b-C.fifo', 'a_b-C.fifo', true],
    ['http://127.0.0.1:9324/queue/searchfifo', 'searchfifo', false],
    [`https://sqs.us-east-1.amazonaws.com/1/${'a'.repeat(75)}.fifo`, `${'a'.repeat(75)}.fifo`, true],
  ];
  for (const [url, name, fifo] of good)
    it(`given the URL of the queue ${name.slice(0, 20)}, then it has its name`, () => {
      expect(parseQueueUrl(url, 'QUEUE')).to.deep.equal({ name, fifo });
    });

  const bad = [
    '',
    'search.fifo',
    'arn:aws:sqs:eu-central-1:123456789012:search.fifo',
    'https://sqs.eu-central-1.amazonaws.com',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo/',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo.fifo',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/a b',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo?Action=SendMessage',
    'https://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo#x',
    'ftp://sqs.eu-central-1.amazonaws.com/123456789012/search.fifo',
    'https://user:hunter2@sqs.eu-central-1.amazonaws.com/123456789012/search.fifo',
    `https://sqs.us-east-1.amazonaws.com/1/${'a'.repeat(76)}.fifo`,
  ];
  for (const url of bad)
    it(`refuses, and does not cite, ${JSON.stringify(url.slice(0, 68))}`, () => {
      const fault = faultOf(() => parseQueueUrl(url, 'QUEUE'));
      expect(fault.kind).to.equal('configuration');
      expect(fault.message)
        .to.match(/^QUEUE is not a queue URL/)
        .and.not.include('hunter2');
    });
});
