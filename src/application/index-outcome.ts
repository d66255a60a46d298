import type { Fault } from '../domain/fault.ts';
import { BackPressure } from './back-pressure.ts';

/**
 * How long after it was sent a write may take effect at a search engine, answered or not: as long as a client waits for an
 * answer, and the engine works off what it has accepted. What is received must stay hidden for longer than that after the
 * last write for it is sent, so that whoever gets it next writes later.
 */
export const LATE_MS = 30_000;

/**
 * What a message was to its document, of which one message at most tells what was done to it:
 *
 * - `written`, `deleted`: it decided what the document is;
 * - `superseded`: another message of the batch is newer;
 * - `late`: the document was as new before, or newer;
 * - `repaired`: so it was, but might have been overwritten: it was written again as its row is now.
 */
export type Settled = 'written' | 'deleted' | 'superseded' | 'late' | 'repaired';

/** What becomes of a message: it is acknowledged, or is to be tried again, not before so many milliseconds. */
export type IndexOutcome =
  | { readonly status: 'done'; readonly as: Settled }
  | { readonly status: 'again'; readonly fault: Fault; readonly delayMs: number };

/** For what may pass soon. */
const SOON_MS = 1_000;
/** For what nobody mends within seconds: each attempt counts towards the dead-letter queue. */
const PERMANENT_MS = 30_000;
/** For what an operator has to mend. */
const CONFIGURATION_MS = 300_000;

/** @param isUnderWay whether a write for it was sent, of which it is not known whether, or when, it takes effect. */
export function again(fault: Fault, isUnderWay = false): IndexOutcome {
  return { status: 'again', fault, delayMs: isUnderWay ? LATE_MS : delayOf(fault) };
}

/** Longest that a message is hidden for what may pass, in milliseconds, and for what somebody has to mend. */
const LONGEST = { transient: 300_000, configuration: 3_600_000 };

/**
 * Milliseconds for which a message is hidden that is given back. Each delivery counts towards the dead-letter queue, where
 * neither an outage nor a setting must take good messages: they are given twice as long each time, so that ten deliveries take
 * some 13 minutes, or seven hours where somebody has to mend it. What does not pass has no use for that.
 *
 * @param receives how often it was delivered so far.
 */
export function hiddenMs(
  { fault: { kind }, delayMs }: Extract<IndexOutcome, { status: 'again' }>,
  receives: number,
): number {
  if (kind === 'configuration') return Math.min(LONGEST[kind], delayMs * 2 ** (receives - 1));
  return kind === 'transient' ? Math.max(delayMs, Math.min(LONGEST[kind], SOON_MS * 2 ** receives)) : delayMs;
}

function delayOf(fault: Fault): number {
  if (fault instanceof BackPressure) return fault.retryAfterMs ?? SOON_MS;
  if (fault.kind === 'configuration') return CONFIGURATION_MS;
  return fault.kind === 'permanent' ? PERMANENT_MS : SOON_MS;
}
