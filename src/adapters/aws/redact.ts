const SECRETS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  // What a service cites of a request whose signature it refuses: the headers, a session token among them.
  [/AWS4-HMAC-SHA256[^]*/g, '[redacted]'],
  [/(x-amz-security-token\s*[:=]\s*)[^\s&'"]+/gi, '$1[redacted]'],
  [/((?:signature|credential)=)[^\s&,'"]+/gi, '$1[redacted]'],
  [/((?:secret_?access_?key|session_?token|password)["']?\s*[:=]\s*["']?)[^\s&,'"]+/gi, '$1[redacted]'],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}\b/g, '[redacted]'],
  [/(:\/\/)[^/\s@]+@/g, '$1[redacted]@'],
];

/** The text without access keys, tokens, signatures and passwords. */
export function redact(text: string): string {
  return SECRETS.reduce((redacted, [pattern, replacement]) => redacted.replace(pattern, replacement), text);
}

/**
 * The error itself when neither it nor its causes cite a secret; otherwise one like it, with name, redacted
 * message, stack and causes. Logs print the causes of what they are given.
 */
export function withoutSecrets(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'string' ? redact(error) : error;
  const cause = depth < 5 ? withoutSecrets(error.cause, depth + 1) : undefined;
  const message = redact(error.message);
  const stack = redact(error.stack ?? '');
  if (message === error.message && stack === (error.stack ?? '') && cause === error.cause) return error;
  const replacement = new Error(message, cause === undefined ? {} : { cause });
  return Object.assign(replacement, { name: error.name, stack });
}
