import {
  ConditionalCheckFailedException,
  DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  QueueDoesNotExist,
  SendMessageBatchCommand,
  SQSClient,
  SQSServiceException,
} from '@aws-sdk/client-sqs';
import { expect } from 'chai';
import { Entity } from 'electrodb';
import { Refusal, type Refused } from '../../../src/adapters/aws/refusal.ts';
import { translateError } from '../../../src/adapters/aws/translate-error.ts';
import { Fault, type FaultKind } from '../../../src/domain/fault.ts';

const TABLE = { resource: 'table aircraft', variable: 'TABLE_NAME' };
const QUEUE = { resource: 'queue search.fifo', variable: 'TYPESENSE_QUEUE_URL' };

/** An error as the SDK throws it. */
function thrown(name: string, parts: object = {}, message = 'it said'): Error {
  return Object.assign(new Error(message), { name, $metadata: { httpStatusCode: 400 } }, parts);
}

function nodeError(code: string, parts: object = {}): Error {
  return Object.assign(new Error(`connect ${code}`), { code }, parts);
}

describe('translateError', () => {
  type Row = readonly [what: string, error: unknown, kind: FaultKind, message: RegExp];
  /** Errors of these names, all of which must become the same. */
  const named = (kind: FaultKind, message: RegExp, names: string): Row[] =>
    names.split(/\s+/).map((name) => [name, thrown(name), kind, message]);
  const ofStatus = (kind: FaultKind, message: RegExp, ...statuses: number[]): Row[] =>
    statuses.map((httpStatusCode) => [
      `a page with status ${httpStatusCode}`,
      thrown('SyntaxError', { $metadata: { httpStatusCode } }, 'Unexpected token < in JSON'),
      kind,
      message,
    ]);
  const ofNode = (message: RegExp, parts: object, codes: string): Row[] =>
    codes.split(' ').map((code) => [code, nodeError(code, parts), 'transient', message]);
  const refused = (message: RegExp, ...texts: string[]): Row[] =>
    texts.map((text) => [`"${text}"`, thrown('ValidationException', {}, text), 'configuration', message]);

  const table: Row[] = [
    ...named(
      'transient',
      /it said/,
      `ProvisionedThroughputExceededException RequestLimitExceeded ThrottlingException Throttling RequestThrottled
      RequestThrottledException TooManyRequestsException LimitExceededException OverLimit KmsThrottled
      KMS.ThrottlingException KMSThrottlingException KMS.KeyUnavailableException KMSKeyUnavailableException
      KMS.DependencyTimeoutException KMSInternalException KMS.KMSInternalException RequestAbortedException
      InternalServerError ServiceUnavailable TransactionInProgressException IdempotentParameterMismatchException
      TimeoutError AbortError`,
    ),
    ...named(
      'configuration',
      /^table aircraft: no valid credentials .*AWS_ACCESS_KEY_ID.*AWS_PROFILE.*role/,
      `CredentialsProviderError UnrecognizedClientException ExpiredTokenException ExpiredToken InvalidClientTokenId
      InvalidAccessKeyId InvalidSignatureException SignatureDoesNotMatch MissingAuthenticationTokenException
      MissingAuthenticationToken IncompleteSignature RequestExpired InvalidSecurity InvalidSecurityTokenException`,
    ),
    ...named(
      'configuration',
      /does not exist .*set TABLE_NAME .*AWS_REGION/,
      `ResourceNotFoundException TableNotFoundException QueueDoesNotExist QueueDoesNotExistException
      AWS.SimpleQueueService.NonExistentQueue com.amazonaws.sqs#QueueDoesNotExist InvalidAddress QueueDeletedRecently
      AWS.SimpleQueueService.QueueDeletedRecently`,
    ),
    ...named(
      'configuration',
      /access denied .*it said.*grant/,
      'AccessDeniedException AccessDenied KmsAccessDenied KMS.AccessDeniedException',
    ),
    ...named(
      'conflict',
      /it said/,
      'ConditionalCheckFailedException TransactionConflictException DuplicateItemException',
    ),
    ...named(
      'configuration',
      /refused .*it said.*check TABLE_NAME, and what .*allows/,
      'ValidationException SerializationException UnsupportedOperation',
    ),
    ...named('configuration', /rejected because of its content .*it said/, 'InvalidMessageContents'),
    ...named(
      'configuration',
      /refused .*raise the size limit of table aircraft, or of the proxy in front of it/,
      'BatchRequestTooLong',
    ),
    ...named('configuration', /local secondary indexes/, 'ItemCollectionSizeLimitExceededException'),
    ...named(
      'configuration',
      /account may not use the service .*activate/,
      'SubscriptionRequiredException OptInRequired',
    ),
    ...named(
      'configuration',
      /KMS key/,
      `KmsDisabled KMS.DisabledException KMS.NotFoundException KmsInvalidState KMS.KMSInvalidStateException
      KMSDisabledException KMSInvalidStateException KMS.IncorrectKeyException KMSSomethingNewException`,
    ),
    ...named('configuration', /NewException: it said.*check/, 'NewException'),
    ...named('configuration', /AWS_ENDPOINT_URL/, 'UnknownOperationException'),
    ...refused(
      /the keys that Contrail needs .*set TABLE_NAME to a table whose partition key is PK and whose sort key is SK/,
      'The provided key element does not match the schema',
      'Query condition missed key schema element: PK',
      'One of the required keys was not given a value',
      'One or more parameter values were invalid: Missing the key id in the item',
      'One or more parameter values were invalid: Type mismatch for key SK expected: N actual: S',
      'The number of conditions on the keys is invalid',
    ),
    ...refused(
      /refused .*Transactional APIs .*check TABLE_NAME/,
      'Transactional APIs are not supported for this table',
    ),
    ...[301, 302, 402, 404, 405, 407, 414, 421].flatMap((status) =>
      ofStatus(
        'configuration',
        new RegExp(`not from the service .*status ${status}.*AWS_ENDPOINT_URL.*proxies`),
        status,
      ),
    ),
    ...ofStatus('configuration', /check TABLE_NAME/, 400),
    ...ofStatus('configuration', /or of the proxy in front of it/, 413),
    ...ofStatus('configuration', /denied/, 403),
    ...ofStatus('transient', /SyntaxError/, 200, 408, 429, 500, 502, 503, 599),
    ...ofNode(/^table aircraft: connect E/, {}, 'ECONNRESET EPIPE ETIMEDOUT EHOSTUNREACH'),
    ...ofNode(
      /reach db\.local .*AWS_ENDPOINT_URL/,
      { hostname: 'db.local' },
      'ECONNREFUSED ENOTFOUND EAI_AGAIN',
    ),
    ['a code beside the name', thrown('Error', { Code: 'AccessDenied' }), 'configuration', /access denied/],
    ['an unknown name to try again', thrown('NewException', { $retryable: {} }), 'transient', /NewException/],
    ['no region', new Error('Region is missing'), 'configuration', /set AWS_REGION$/],
    ['an endpoint that is none', nodeError('ERR_INVALID_URL'), 'configuration', /AWS_ENDPOINT_URL/],
    ['any other error', new TypeError('x is no function'), 'transient', /^table aircraft: TypeError: x is/],
    ['a text', 'boom', 'transient', /boom/],
    ['nothing', undefined, 'transient', /undefined/],
    ['null', null, 'transient', /null/],
  ];
  for (const [what, error, kind, message] of table)
    it(`given ${what.slice(0, 60)}, then it is ${kind}`, () => {
      const fault = translateError(error, TABLE);
      expect(fault.kind).to.equal(kind);
      expect(fault.message)
        .to.match(message)
        .and.match(/^table aircraft/);
      expect(fault.cause).to.equal(error);
    });

  it('given a Fault, also within other errors, then it stays as it is', () => {
    const fault = new Fault('permanent', 'poison');
    expect(translateError(fault, TABLE)).to.equal(fault);
    expect(translateError(new Error('outer', { cause: fault }), TABLE)).to.equal(fault);
  });

  it('given a transaction that was cancelled for the keys of the table, then the message names them', () => {
    const error = new TransactionCanceledException({
      message: 'cancelled: ValidationError: The provided key element does not match the schema',
      CancellationReasons: [{ Code: 'ValidationError' }],
      $metadata: {},
    });
    expect(translateError(error, TABLE).message).to.match(
      /the keys that Contrail needs .*TABLE_NAME .*PK .*SK/,
    );
  });

  it("given the SDK's own classes, then they are known", () => {
    const about = { message: 'it said', $metadata: {} };
    expect(translateError(new ConditionalCheckFailedException(about), TABLE).kind).to.equal('conflict');
    expect(translateError(new QueueDoesNotExist(about), QUEUE).message).to.include('set TYPESENSE_QUEUE_URL');
    const other = new SQSServiceException({ ...about, name: 'InvalidClientTokenId', $fault: 'client' });
    expect(translateError(other, QUEUE).kind).to.equal('configuration');
  });

  describe('an endpoint that cannot be reached', () => {
    it('given one address, then it is named by address and port', () => {
      const error = nodeError('ECONNREFUSED', { address: '127.0.0.1', port: 8000 });
      expect(translateError(error, TABLE).message).to.equal(
        'table aircraft: cannot reach 127.0.0.1:8000 (ECONNREFUSED); check the network, AWS_REGION, and AWS_ENDPOINT_URL where it is set',
      );
    });

    it('given a name with several addresses, then it is found in the single attempts', () => {
      const errors = [nodeError('ECONNREFUSED', { address: '::1', port: 8000 }), nodeError('ECONNREFUSED')];
      const error = Object.assign(new AggregateError(errors), { code: 'ECONNREFUSED' });
      expect(translateError(error, TABLE).message).to.include('cannot reach ::1:8000 ');
    });

    it("given a queue, then the message says that it may be that of the queue's URL", () => {
      expect(translateError(nodeError('ENOTFOUND'), QUEUE).message).to.include('TYPESENSE_QUEUE_URL');
    });
  });

  describe('a cancelled transaction', () => {
    const cancelled: [reasons: string[], kind: FaultKind][] = [
      [['None', 'ConditionalCheckFailed'], 'conflict'],
      [['TransactionConflict', 'ThrottlingError'], 'conflict'],
      [['None', 'ThrottlingError'], 'transient'],
      [['ProvisionedThroughputExceeded'], 'transient'],
      [['ConditionalCheckFailed', 'ValidationError'], 'configuration'],
      [['ItemCollectionSizeLimitExceeded', 'None'], 'configuration'],
      [['None', 'AccessDenied'], 'configuration'],
      [['KMSDisabledException', 'TransactionConflict'], 'configuration'],
      [['SomethingNew', 'ConditionalCheckFailed'], 'configuration'],
      [[], 'conflict'],
    ];
    for (const [codes, kind] of cancelled)
      it(`given the reasons ${codes.join(', ') || 'none'}, then it is ${kind}`, () => {
        const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes.join(', ')}]`;
        const CancellationReasons = codes.map((Code) => ({ Code }));
        const error = new TransactionCanceledException({ message, CancellationReasons, $metadata: {} });
        expect(translateError(error, TABLE).kind).to.equal(kind);
        expect(translateError(thrown(error.name, {}, message), TABLE).kind).to.equal(kind);
      });
  });

  describe('what is refused', () => {
    type Row = [what: string, error: Error, refused: Refused];
    const refused: Row[] = [
      ['characters that SQS does not take', thrown('InvalidMessageContents'), 'content'],
      ...[
        ['ValidationException', 'Item size has exceeded the maximum allowed size'],
        ['ValidationError', 'Item size to update has exceeded the maximum allowed size'],
      ].map(([name, text]): Row => [text!, thrown(name!, {}, text), 'content']),
      ['many bytes at once', thrown('BatchRequestTooLong'), 'size'],
      [
        'a large message',
        thrown('InvalidParameterValue', {}, 'Message must be shorter than 4096 bytes.'),
        'size',
      ],
      ['an item collection', thrown('ItemCollectionSizeLimitExceededException'), 'anything'],
      ['an unknown code', thrown('SomethingNew'), 'anything'],
      ['a page with status 400', thrown('SyntaxError', {}, '<html>'), 'anything'],
      ...[
        'An operand in the update expression has an incorrect data type',
        'The update expression attempted to update the secondary index key to unsupported type',
        'Type mismatch for Index Key revision Expected: N Actual: S',
        'Nesting Levels have exceeded supported limits',
        'Transactional APIs are not supported for this table',
      ].map((text): Row => [text, thrown('ValidationException', {}, text), 'anything']),
    ];
    for (const [what, error, of] of refused)
      it(`given ${what.slice(0, 45)}, then it is a refusal of ${of}, alone ${of === 'content' ? 'poison' : 'not'}`, () => {
        const fault = translateError(error, QUEUE);
        expect(fault).to.include({ kind: 'configuration', refused: of });
        if (!(fault instanceof Refusal)) throw new Error('it is no Refusal', { cause: fault });
        const alone = fault.ofOneItem();
        expect(alone.kind).to.equal(of === 'content' ? 'permanent' : 'configuration');
        expect(alone).to.include({ message: fault.message, reason: fault.reason, cause: error });
      });
  });

  describe('secrets', () => {
    const signature = "should have been 'POST\n/\n\nx-amz-security-token:hunter2\n'";
    const header = 'AWS4-HMAC-SHA256 Credential=AKID/2026, Signature=hunter2';
    for (const [what, error] of [
      ['a refused signature', thrown('InvalidSignatureException', {}, `The Canonical String ${signature}`)],
      ['an access key', thrown('ValidationException', {}, 'no such key AKIAIOSFODNN7EXAMPLE')],
      ['an authorization header', thrown('X', {}, header)],
      ['a URL', new Error('cannot parse http://user:hunter2@127.0.0.1/')],
      ['a query', new Error('GET /?X-Amz-Security-Token=hunter2&X-Amz-Signature=hunter2')],
      ['a setting', new Error('{"secretAccessKey":"hunter2"}')],
      ['a cause', new Error('outer', { cause: new Error('password=hunter2') })],
    ] as const)
      it(`given ${what}, then neither the message nor a cause cites it`, () => {
        for (let link: unknown = translateError(error, TABLE); link instanceof Error; link = link.cause)
          expect(`${link.name} ${link.message} ${link.stack}`).not.to.match(/hunter2|AKIAIOS/);
      });

    it('given an error that cited one, then its name and place are kept', () => {
      const error = thrown('ValidationException', {}, 'password=hunter2');
      const { cause } = translateError(error, TABLE);
      expect(cause).to.be.instanceOf(Error).and.include({ name: error.name, message: 'password=[redacted]' });
      expect((cause as Error).stack).to.include('at thrown ');
    });

    it('given an error that cited one, then its causes are kept, and one that did not is kept as it is', () => {
      const inner = new Error('inner');
      const { cause } = translateError(new Error('password=hunter2', { cause: inner }), TABLE);
      expect(cause).to.include({ message: 'password=[redacted]', cause: inner });
    });
  });

  describe('what real clients throw', () => {
    const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
    const refusing = { endpoint: 'http://127.0.0.1:1', region: 'eu-central-1', credentials, maxAttempts: 1 };
    const send = (client: SQSClient) =>
      client.send(new SendMessageBatchCommand({ QueueUrl: 'http://127.0.0.1:1/1/search.fifo', Entries: [] }));
    const entity = (client: DynamoDBClient) =>
      new Entity(
        {
          model: { entity: 'thing', service: 'test', version: '1' },
          attributes: { id: { type: 'string' }, kind: { type: 'string', validate: /^a/ } },
          indexes: { main: { pk: { field: 'PK', composite: ['id'] }, sk: { field: 'SK', composite: [] } } },
        },
        { client, table: 'aircraft' },
      );
    const translated = async (work: Promise<unknown>): Promise<Fault> =>
      work.then(
        () => expect.fail('expected an error'),
        (error: unknown) => translateError(error, TABLE),
      );

    it('given SQS and nobody listening, then it is transient, with the address', async () => {
      const fault = await translated(send(new SQSClient(refusing)));
      expect(fault).to.have.property('kind', 'transient');
      expect(fault.message).to.include('127.0.0.1:1 (ECONNREFUSED)').and.include('AWS_ENDPOINT_URL');
    });

    it('given SQS and no region, then it is of the configuration', async () => {
      const region = () => Promise.reject(new Error('Region is missing'));
      const fault = await translated(send(new SQSClient({ ...refusing, region })));
      expect(fault).to.have.property('kind', 'configuration');
    });

    it('given ElectroDB and nobody listening, then the error is found in the cause', async () => {
      const fault = await translated(entity(new DynamoDBClient(refusing)).get({ id: 'a' }).go());
      expect(fault).to.have.property('kind', 'transient');
      expect(fault.message).to.include('127.0.0.1:1 (ECONNREFUSED)');
    });

    it('given the original error of ElectroDB, then it is found', async () => {
      const found = entity(new DynamoDBClient(refusing)).get({ id: 'a' }).go({ originalErr: true });
      expect((await translated(found)).message).to.include('127.0.0.1:1 (ECONNREFUSED)');
    });

    it('given a value that the model of ElectroDB does not take, then it is of the configuration', async () => {
      const put = entity(new DynamoDBClient(refusing)).put({ id: 'a', kind: 'b' }).go();
      expect(await translated(put)).to.have.property('kind', 'configuration');
    });
  });
});
