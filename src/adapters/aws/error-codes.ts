/** What stands behind an error code of DynamoDB, SQS or their SDK. */
export type Problem =
  /** Who asks is unknown, or no longer valid. */
  | 'credentials'
  /** Who asks is known, and may not. */
  | 'permission'
  /** The table or the queue is not there. */
  | 'missing'
  /** The key that encrypts the queue cannot be used. */
  | 'encryption'
  /** What answers is not the service. */
  | 'endpoint'
  | 'region'
  | 'conflict'
  | 'permanent'
  | 'transient';

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
    'RequestExpired',
    'RequestInTheFuture',
    'RequestTimeTooSkewed',
  ],
  permission: ['AccessDenied', 'UnauthorizedOperation', 'NotAuthorized', 'OptInRequired', 'KmsAccessDenied'],
  missing: ['ResourceNotFound', 'TableNotFound', 'QueueDoesNotExist', 'NonExistentQueue', 'InvalidAddress'],
  encryption: ['KmsDisabled', 'KmsInvalidKeyUsage', 'KmsInvalidState', 'KmsNotFound', 'KmsOptInRequired'],
  endpoint: ['InvalidEndpoint', 'UnknownOperation', 'ERR_INVALID_URL'],
  conflict: ['ConditionalCheckFailed', 'TransactionConflict', 'DuplicateItem', 'ReplicatedWriteConflict'],
  permanent: [
    'Validation',
    'ValidationError',
    'Serialization',
    'ItemCollectionSizeLimitExceeded',
    'IdempotentParameterMismatch',
    'InvalidMessageContents',
    'BatchRequestTooLong',
  ],
  transient: [
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
    'KmsThrottled',
    'KmsThrottling',
    'ResourceInUse',
    'TransactionInProgress',
    'InternalServerError',
    'InternalFailure',
    'InternalError',
    'ServiceUnavailable',
    'Unavailable',
    'RequestTimeout',
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
  return PROBLEMS.get(plain(code));
}

/**
 * One spelling of a code. Services write `com.amazonaws.sqs#QueueDoesNotExist`,
 * `AWS.SimpleQueueService.NonExistentQueue`, `KMS.DisabledException`; some clients leave `Exception` out.
 */
function plain(code: string): string {
  return code
    .replace(/^.*#/, '')
    .replace(/^AWS\.SimpleQueueService\./, '')
    .replace(/^KMS\./, 'Kms')
    .replace(/Exception$/, '');
}
