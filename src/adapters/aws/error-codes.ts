/** What stands behind an error code of DynamoDB, SQS or their SDK. */
export type Problem =
  /** Who asks is unknown, or no longer valid. */
  | 'credentials'
  /** Who asks is known, and may not. */
  | 'permission'
  /** The account has not been opened for the service, or the region. */
  | 'account'
  /** The table or the queue is not there. */
  | 'missing'
  /** The key that encrypts the table or the queue cannot be used. */
  | 'encryption'
  /** What answers is not the service. */
  | 'endpoint'
  | 'region'
  | 'conflict'
  /** One item is refused for what it holds, and would be by any resource of the kind. */
  | 'content'
  /** What was asked is refused, and why may be anything: most often, the resource takes nothing of the kind. */
  | 'refused'
  /** It is refused for its size alone: what a request, or a message, may weigh is a setting of the resource. */
  | 'size'
  /** Rows of one partition weigh more than a table with local secondary indexes takes. */
  | 'collection'
  | 'transient';

/** There were too many requests, or they asked for too much. */
const THROTTLES = [
  'ProvisionedThroughputExceeded',
  'RequestLimitExceeded',
  'RequestThrottled',
  'Throttled',
  'Throttling',
  'ThrottlingError',
  'TooManyRequests',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
  'SlowDown',
  'LimitExceeded',
  'OverLimit',
];

const CODES: Partial<Readonly<Record<Problem, readonly string[]>>> = {
  credentials: [
    'CredentialsProviderError',
    'TokenProviderError',
    'ProviderError',
    'UnrecognizedClient',
    'ExpiredToken',
    'InvalidToken',
    'InvalidClientTokenId',
    'InvalidAccessKeyId',
    'InvalidSignature',
    'SignatureDoesNotMatch',
    'IncompleteSignature',
    'MissingAuthenticationToken',
    'AuthFailure',
    'InvalidSecurity',
    'InvalidSecurityToken',
    'RequestExpired',
    'RequestInTheFuture',
    'RequestTimeTooSkewed',
  ],
  permission: ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized', 'KmsAccessDenied'],
  account: ['OptInRequired', 'SubscriptionRequired'],
  missing: [
    'ResourceNotFound',
    'TableNotFound',
    'NoSuchBucket',
    'QueueDoesNotExist',
    'QueueDeletedRecently',
    'NonExistentQueue',
    'InvalidAddress',
  ],
  endpoint: ['InvalidEndpoint', 'UnknownOperation', 'ERR_INVALID_URL'],
  conflict: ['ConditionalCheckFailed', 'TransactionConflict', 'DuplicateItem', 'ReplicatedWriteConflict'],
  content: ['InvalidMessageContents'],
  refused: [
    'Validation',
    'ValidationError',
    'Serialization',
    'InvalidParameterValue',
    'UnsupportedOperation',
  ],
  size: ['BatchRequestTooLong', 'RequestEntityTooLarge'],
  collection: ['ItemCollectionSizeLimitExceeded'],
  transient: [
    // Of a token that the SDK makes anew for every request: it says nothing of what was asked.
    'IdempotentParameterMismatch',
    ...THROTTLES,
    'KmsThrottled',
    'KmsThrottling',
    'KmsKeyUnavailable',
    'KmsDependencyTimeout',
    'KmsInternal',
    'KmsLimitExceeded',
    'ResourceInUse',
    'TransactionInProgress',
    'InternalServerError',
    'InternalFailure',
    'InternalError',
    'ServiceUnavailable',
    'Unavailable',
    'RequestTimeout',
    'RequestAborted',
    'TimeoutError',
    'AbortError',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ],
};

const PROBLEMS: ReadonlyMap<string, Problem> = new Map(
  Object.entries(CODES).flatMap(([problem, codes]) =>
    codes.map((code) => [code, problem as Problem] as const),
  ),
);

/** The problem that a code names, in whichever of its spellings; undefined for codes that are not known. */
export function problemOf(code: string): Problem | undefined {
  const known = plain(code);
  // What else KMS may say is of the key as well.
  return PROBLEMS.get(known) ?? (known.startsWith('Kms') ? 'encryption' : undefined);
}

/** Whether a code says that there were too many requests. */
export function isThrottle(code: string): boolean {
  return THROTTLES.includes(plain(code));
}

/**
 * One spelling of a code. Services write `com.amazonaws.sqs#QueueDoesNotExist`,
 * `AWS.SimpleQueueService.NonExistentQueue`, `KMS.DisabledException`, `KMSDisabledException`; some clients leave
 * `Exception` out.
 */
function plain(code: string): string {
  return code
    .replace(/^.*#/, '')
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/^KMS\.?(?:KMS)?/i, 'Kms')
    .replace(/Exception$/, '');
}
