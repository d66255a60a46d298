import type { NonEmpty } from '../domain/coalesce.ts';
import type { RunEffectCommand } from '../domain/command.ts';
import type { Skipped } from '../domain/definition/effect.ts';
import { Fault } from '../domain/fault.ts';
import { describeRow, wordsOf } from '../domain/row-view.ts';
import type { Clock } from './ports/clock.ts';
import type { Sleeper } from './ports/sleeper.ts';

/** What an effect's code did. */
export interface Called {
  /** Why it had nothing to do; undefined when it ran. */
  readonly skipped: string | undefined;
  /** What it gave to `once`; undefined when it did not. */
  readonly write: unknown;
}

/**
 * Calls the code of an effect, and leaves it when its time is up: it may go on then, but nothing comes of it here.
 *
 * @param commands of one effect, each of another row; one where it takes one.
 * @param attempt 1 for the first.
 * @throws Fault what the code throws, where it is one; otherwise a `transient` one.
 */
export async function callEffect(
  commands: NonEmpty<RunEffectCommand>,
  attempt: number,
  { sleeper, clock }: { readonly sleeper: Sleeper; readonly clock: Clock },
  limit: AbortSignal,
): Promise<Called> {
  const [{ model, given }] = commands;
  /** Its signal is the attempt's. */
  const stop = new AbortController();
  const ended = new AbortController();
  let write: unknown;
  const once = (one: unknown) => {
    if (ended.signal.aborted) throw new Error('once was called after the attempt had ended');
    if (write !== undefined)
      throw new Error('once was called twice in an attempt: give it all writes together');
    if (one === undefined || one === null) throw new Error(`once was given ${String(one)}`);
    write = one;
  };
  const { signal } = stop;
  const now = () => clock.now();
  limit.addEventListener('abort', () => stop.abort(), { signal: ended.signal });
  const timeUp = sleeper.sleep(model.timeoutMs, ended.signal).then((): never => {
    // Nobody waits any more where the code has ended.
    if (!ended.signal.aborted) stop.abort();
    throw new Error(`it took longer than ${model.timeoutMs} ms`);
  });
  try {
    const running = async () =>
      model.takes === 'one'
        ? model.run(given, { signal, attempt, now, once })
        : model.run(
            commands.map((command) => command.given),
            { signal, attempt, now },
          );
    const returned = await Promise.race([running(), timeUp]);
    return { write, skipped: whySkipped(returned) };
  } catch (error) {
    throw Fault.is(error) ? error : failureOf(commands, error);
  } finally {
    ended.abort();
  }
}

function failureOf([{ model, change }, ...others]: NonEmpty<RunEffectCommand>, error: unknown): Fault {
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  // Its words may be of the row: the reason is without them.
  return new Fault(
    'transient',
    `the effect ${model.name} failed for ${describeRow(change.row)}${more}: ${wordsOf(error)}`,
    { cause: error, reason: `the effect ${model.name} failed` },
  );
}

/** Anything can be returned, by code that nobody has type-checked. */
function whySkipped(returned: unknown): string | undefined {
  if (typeof returned !== 'object' || returned === null) return undefined;
  const { is, why } = returned as Partial<Skipped>;
  return is === 'skipped' ? String(why) : undefined;
}
