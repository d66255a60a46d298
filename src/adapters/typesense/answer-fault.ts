import { BackPressure } from '../../application/back-pressure.ts';
import { Fault } from '../../domain/fault.ts';

/** What was asked of a server, for messages. */
export interface Asked {
  /** Such as `Typesense at https://search.example.com`. */
  readonly server: string;
  /** Such as `importing into products`. */
  readonly doing: string;
  /** The collection that it is about, if it is about one. */
  readonly collection?: string | undefined;
}

/** An answer that is no success. */
export interface Refused {
  readonly status: number;
  /** What the server says, without secrets; cut short. */
  readonly message: string;
  readonly retryAfter: string | null;
}

/**
 * A refusal of a whole request, as a Fault: never a permanent one, as it says nothing of any one document.
 * https://github.com/typesense/typesense/blob/4a092b0/src/http_server.cpp#L505-L569
 */
export function answerFault(
  { server, doing, collection }: Asked,
  { status, message, retryAfter }: Refused,
): Fault {
  const said = message === '' ? '' : `: ${message}`;
  const text = `${server} answered ${status} while ${doing}${said}`;
  const reason = { reason: `${server} answered ${status}` };
  // Of a proxy or a gateway, some of which say a `message` as well: the server may have it all the same.
  if (status === 503 && !IS_REFUSED.test(message))
    return new Fault('transient', `${text}: it may or may not have taken effect`, reason);
  if (status === 429 || status === 503)
    return new BackPressure(`${text}; it asks its callers to slow down`, milliseconds(retryAfter), reason);
  // Out of disk or memory, or told to skip writes: src/raft_server.cpp:302-320.
  if (status === 422)
    return new BackPressure(`${text}; it takes no writes now`, milliseconds(retryAfter), reason);
  if (status === 401 || status === 403)
    return new Fault(
      'configuration',
      `${text}; check TYPESENSE_API_KEY: it must be a key of this server that may do this`,
      reason,
    );
  if (status === 404 && collection !== undefined && COLLECTION_MISSING.test(message))
    return new Fault(
      'configuration',
      `${text}; there is no collection ${JSON.stringify(collection)}, nor an alias of that name: create it first: contrail index --create does, or createCollection of contrail/adapters`,
      { reason: `${server} has no collection ${JSON.stringify(collection)}` },
    );
  if (status >= 500 || status === 408) return new Fault('transient', text, reason);
  return new Fault(
    'configuration',
    `${text}; check TYPESENSE_URL, and what stands between it and the server`,
    reason,
  );
}

/** What the server says with 503, before it begins: src/http_server.cpp:513, ReplicationState::write of src/raft_server.cpp. */
const IS_REFUSED = /^(?:Not Ready or Lagging|Shutting down)\.?$/i;

const COLLECTION_MISSING = /collection not found|no collection with name/i;

/** However long a server asks its callers to wait: it may be wrong, and messages are not hidden for longer either. */
const LONGEST_MS = 300_000;

/** Seconds, or a date, and five minutes at most; undefined where it is neither. */
export function milliseconds(retryAfter: string | null): number | undefined {
  if (retryAfter === null || retryAfter.trim() === '') return undefined;
  const seconds = Number(retryAfter);
  if (Number.isFinite(seconds)) return within(seconds * 1_000);
  const date = Date.parse(retryAfter);
  return Number.isNaN(date) ? undefined : within(date - Date.now());
}

function within(wait: number): number {
  return Math.min(LONGEST_MS, Math.max(0, wait));
}
