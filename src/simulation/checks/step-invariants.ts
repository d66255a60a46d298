import type { Done } from '../../application/result.ts';
import type { BatchResponse } from '../../entrypoints/lambda/handle-event.ts';
import type { PortCall } from '../world/ports.ts';
import { type Entry, nameOf } from '../world/entry.ts';
import type { Instance, Invocation } from '../world/instance.ts';
import type { Ledger } from '../world/ledger.ts';
import type { Settings } from '../world/settings.ts';
import type { Asked } from '../world/subject.ts';
import { checkError, checkReport, checkResponse, checkResults } from './answer.ts';
import { checkKept } from './kept.ts';
import { LetThrough } from './let-through.ts';
import { checkOrder } from './order.ts';
import { checkOutcomes, checkReasons, type Judged } from './outcomes.ts';
import { isPoison } from './spoiled.ts';
import { type Report, Violation } from './violation.ts';

/** What a record asks of a worker, by the definition that it has. */
type AskedBy = (instance: Instance, entry: Entry) => Asked;

/** A call of a port, or of the code of an effect. */
type Call =
  | PortCall
  | {
      readonly port: 'effect.run';
      readonly entries: readonly Entry[];
      readonly signal: AbortSignal | undefined;
    };

/** What Lambda is answered, or a reader of the stream. */
export type HandlerEnd =
  { readonly response: BatchResponse } | { readonly results: readonly Done[] } | { readonly error: unknown };

/** Checks, while the world goes on, what must hold at every step. Remembers the first violation. */
export class StepInvariants {
  readonly #settings: Settings;
  readonly #ledger: Ledger;
  readonly #askedBy: AskedBy;
  readonly #letThrough: LetThrough;
  #violation: Violation | undefined;

  constructor(settings: Settings, ledger: Ledger, askedBy: AskedBy) {
    this.#settings = settings;
    this.#ledger = ledger;
    this.#askedBy = askedBy;
    this.#letThrough = new LetThrough(settings.remembered);
  }

  get violation(): Violation | undefined {
    return this.#violation;
  }

  readonly report: Report = (invariant, particulars, cause) => {
    this.#violation ??= new Violation(invariant, particulars, cause === undefined ? undefined : { cause });
  };

  /** At the time of a call: whether the worker may make it. */
  called(instance: Instance, call: Call): void {
    const { invocation } = instance;
    if (invocation === undefined) {
      this.report('no work outside an invocation', `${instance.name} calls ${call.port}`);
      return;
    }
    const what = `${instance.name} calls ${call.port} in invocation ${invocation.number}`;
    if ((call.signal ?? invocation.signal).aborted)
      this.report('nothing new starts once the time is up', `${what}, whose time is up`);
    if (call.signal !== undefined && call.signal !== invocation.signal)
      this.report('nothing goes on after its invocation', `${what}, on behalf of an earlier one`);
    if (invocation.finished) this.report('nothing goes on after its invocation', `${what}, which has ended`);
    if (call.port === 'effect.run') return;
    checkOrder({
      invocation,
      call,
      ledger: this.#ledger,
      askedBy: (entry) => this.#askedBy(instance, entry),
      what,
      report: this.report,
    });
    if (call.port !== 'quarantine.keep') return;
    const kept = call.entries.flatMap((record) => this.#ledger.entryOf(record) ?? []);
    checkKept({
      ...{ invocation, kept, what, ledger: this.#ledger, report: this.report },
      askedBy: (entry) => this.#askedBy(instance, entry),
    });
    for (const entry of kept) {
      invocation.offered.add(entry);
      if (this.#letThrough.has(entry, invocation))
        this.report(
          'a worker puts a record in quarantine once',
          `${what} for ${nameOf(entry)}, at another delivery of its batch`,
        );
    }
  }

  /** When the handler is through: what it says of the batch. */
  finished(invocation: Invocation, end: HandlerEnd): void {
    const { outcomes } = invocation;
    const what = `invocation ${invocation.number} of ${invocation.instance.name}`;
    if (outcomes === undefined) {
      this.report(
        'a batch has outcomes',
        `${what} ended without any`,
        'error' in end ? end.error : undefined,
      );
      return;
    }
    if (outcomes.length !== invocation.entries.length) {
      this.report(
        'every record has one outcome',
        `${what}: ${outcomes.length} for ${invocation.entries.length} records`,
      );
      return;
    }
    const judged: Judged = { invocation, outcomes, what, report: this.report };
    checkOutcomes(judged, this.#settings, this.#ledger);
    checkReasons(judged, this.#settings);
    checkReport(judged);
    if ('results' in end) {
      checkResults(judged, end.results);
      return;
    }
    this.#letThrough.check(judged);
    if ('error' in end) checkError(judged, this.#settings, end.error);
    else checkResponse(judged, end.response);
  }

  /** When the stream goes on past records: whether they are done with. */
  acknowledged(invocation: Invocation, acknowledged: readonly Entry[]): void {
    for (const entry of acknowledged) {
      const index = invocation.entries.indexOf(entry);
      const outcome = invocation.outcomes?.[index];
      this.#ledger.acknowledge(entry);
      if (outcome === undefined || outcome.status === 'failed')
        this.report(
          'what is acknowledged is done',
          `${nameOf(entry)} is acknowledged by invocation ${invocation.number}, where it failed`,
          outcome?.fault,
        );
      else if (outcome.status === 'quarantined') this.#checkQuarantined(entry, invocation);
      else this.#checkHandled(entry, invocation);
    }
  }

  #checkQuarantined(entry: Entry, invocation: Invocation): void {
    if (!this.#ledger.isQuarantined(entry))
      this.report(
        'what is called quarantined is in quarantine',
        `${nameOf(entry)} is acknowledged by invocation ${invocation.number} and is not there`,
      );
  }

  #checkHandled(entry: Entry, invocation: Invocation): void {
    if (isPoison(entry, invocation)) {
      this.report('poison is not taken for handled', `${nameOf(entry)}, by invocation ${invocation.number}`);
      return;
    }
    const missing = this.#ledger.missingEffect(
      entry,
      this.#askedBy(invocation.instance, entry),
      invocation.started,
    );
    if (missing === undefined) this.#ledger.handle(entry);
    else
      this.report(
        'what is acknowledged is done',
        `${nameOf(entry)} is acknowledged by invocation ${invocation.number}, and ${missing}`,
      );
  }
}
