// Apart from the clients: who only reads settings does not load the SDK.

/**
 * How often the SDK tries a request, unless AWS_MAX_ATTEMPTS says otherwise. A dropped connection or a moment of
 * throttling is over after two more attempts, within 0.15 and 3 seconds of pauses; whatever lasts longer is left to the
 * worker's own retries, whose pauses keep to the batch's time limit.
 */
export const DEFAULT_ATTEMPTS = 3;

/**
 * Requests of one kind under way at a time, unless CONCURRENCY says otherwise: as many as the SDK has sockets. A batch waits for one round
 * after the other of its queries, and of its messages, ten a request: half as many at a time are twice the rounds. What else the
 * client sends beside them waits for one request's socket at most.
 */
export const DEFAULT_CONCURRENCY = 50;
