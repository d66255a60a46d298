import { defineTable, type TableDefinition, type TableSpec } from '../domain/definition/define-table.ts';
import type { BatchContext, EffectContext, EffectSpec } from '../domain/definition/effect.ts';
import type { AnyAttributes, KeyTemplates } from '../domain/definition/row.ts';
import type { GivenChange } from '../domain/effect.ts';
import { kindOf } from '../domain/plain-value.ts';
import { wordsOf } from '../domain/row-view.ts';

/** One attempt of an effect's code for one change. */
export interface EffectCall<Change = GivenChange> {
  /** As the code was given it. */
  readonly change: Change;
  /** 1 for the first at a delivery of the change. */
  readonly attempt: number;
  /** `running` where nobody waited for it any more. */
  readonly did: 'run' | 'skipped' | 'failed' | 'running';
  /** Why it skipped or failed. */
  readonly why: string | undefined;
  /** What it handed to `once` and was written: as it handed it in, or true for a function, which was called. */
  readonly wrote: unknown;
}

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** An attempt that a test makes fail: before the code is called, or after it has done its work, which is not noted then. */
export type Failing = 'before' | 'after';

/** What may be said of an attempt in a list. */
export const FAILING: readonly string[] = ['before', 'after', 'run'];

/** Which attempts fail: the first of each change as the first says, and so on; or as a function says of each. */
export type FailingAttempts<Change = GivenChange> =
  | readonly (Failing | 'run')[]
  | ((attempt: { readonly change: Change; readonly number: number }) => Failing | Error | undefined);

type AnySpec = EffectSpec<KeyTemplates, AnyAttributes>;
type AnyRun = (given: unknown, context: BatchContext) => unknown;

/** Runs the effects of a definition, and notes what they do. */
export class EffectCalls {
  /** The same, with effects whose calls are noted. */
  readonly definition: TableDefinition;
  /** Which attempts fail, by the effects' names. */
  failing: Readonly<Record<string, FailingAttempts | undefined>> = {};
  /** Whether code runs at all: otherwise it counts as run. */
  isOn = true;
  /** What a test said of an attempt that means nothing: nobody may take it for the failure of the attempt. */
  misuse: Error | undefined;
  readonly #calls = new Map<string, EffectCall[]>();
  /** By effect and change, how often it was called. */
  readonly #attempts = new Map<string, number>();

  constructor({ spec }: TableDefinition) {
    const derive = Object.entries(spec.derive).map(([name, derivation]) => {
      if (derivation.is !== 'effect') return [name, derivation] as const;
      this.#calls.set(name, []);
      return [name, { ...derivation, spec: this.#noted(name, derivation.spec) }] as const;
    });
    const noted: unknown = { ...spec, derive: Object.fromEntries(derive) as unknown };
    this.definition = defineTable(noted as TableSpec<string, string>);
  }

  /** Of each effect, those in the order in which they began. */
  calls(): ReadonlyMap<string, readonly EffectCall[]> {
    return this.#calls;
  }

  /** Forgets the calls so far. */
  forget(): void {
    for (const calls of this.#calls.values()) calls.length = 0;
  }

  #noted(name: string, spec: AnySpec): AnySpec {
    const { run, runBatch, ...options } = spec;
    const code = (run ?? runBatch) as AnyRun;
    const noted: AnyRun = (given, context) =>
      this.isOn ? this.#call(name, code, given, context) : undefined;
    return { ...options, ...(run === undefined ? { runBatch: noted } : { run: noted }) };
  }

  async #call(name: string, code: AnyRun, given: unknown, context: BatchContext): Promise<unknown> {
    const changes = (Array.isArray(given) ? given : [given]) as readonly GivenChange[];
    const calls = changes.map((change): Writable<EffectCall> => {
      const { attempt } = context;
      return { change, attempt, did: 'running', why: undefined, wrote: undefined };
    });
    this.#calls.get(name)?.push(...calls);
    const end = (did: EffectCall['did'], why?: string) => {
      for (const call of calls) Object.assign(call, { did, why });
    };
    // Nobody waits for it then, whatever it does later.
    context.signal.addEventListener('abort', () => end('failed', 'its time was up'), { once: true });
    try {
      const planned = this.#planFor(name, changes);
      if (planned !== undefined && planned !== 'after')
        throw planned === 'before' ? new Error('the test made this attempt fail before it ran') : planned;
      const returned = await code(given, this.#contextOf(context, calls, planned === 'after'));
      if (planned === 'after') throw new Error('the test made this attempt fail after it had run');
      const skipped = whySkipped(returned);
      if (!context.signal.aborted) end(skipped === undefined ? 'run' : 'skipped', skipped);
      return returned;
    } catch (error) {
      if (!context.signal.aborted) end('failed', wordsOf(error));
      throw error;
    }
  }

  #planFor(name: string, changes: readonly GivenChange[]): Failing | Error | undefined {
    const plan = Object.hasOwn(this.failing, name) ? this.failing[name] : undefined;
    const all = changes.map((change) => {
      const key = `${name} ${change.id}`;
      const number = (this.#attempts.get(key) ?? 0) + 1;
      this.#attempts.set(key, number);
      const planned: unknown = typeof plan === 'function' ? plan({ change, number }) : plan?.[number - 1];
      if (planned === undefined || planned === 'run') return undefined;
      if (planned === 'before' || planned === 'after' || planned instanceof Error) return planned;
      this.misuse ??= new Error(
        `failing.${name} must return ${FAILING.join(', ')}, an Error or nothing, and returned ${typeof planned === 'string' ? planned : kindOf(planned)}`,
      );
      return this.misuse;
    });
    return all.find((planned) => planned !== undefined);
  }

  /** The same, with a `once` that notes what was written, and takes anything: in production it may be items. */
  #contextOf(
    context: BatchContext,
    calls: readonly Writable<EffectCall>[],
    isLost: boolean,
  ): BatchContext | EffectContext {
    if (!('once' in context)) return context;
    const { once, ...others } = context as EffectContext;
    const [call] = calls;
    return {
      ...others,
      once: (write: unknown) => {
        if (isLost) return;
        if (write === undefined || write === null) {
          once(write);
          return;
        }
        once(() => {
          try {
            const returned: unknown = typeof write === 'function' ? (write as () => unknown)() : undefined;
            if (call !== undefined) call.wrote = typeof write === 'function' ? true : write;
            return returned;
          } catch (error) {
            if (call !== undefined)
              Object.assign(call, { did: 'failed', why: `the write of once threw: ${wordsOf(error)}` });
            throw error;
          }
        });
      },
    };
  }
}

function whySkipped(returned: unknown): string | undefined {
  if (typeof returned !== 'object' || returned === null) return undefined;
  const { is, why } = returned as { readonly is?: unknown; readonly why?: unknown };
  return is === 'skipped' ? (typeof why === 'string' ? why : kindOf(why)) : undefined;
}
