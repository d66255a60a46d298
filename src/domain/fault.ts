/**
 * What a failure asks for:
 * - `transient`: try again later, unchanged (throttling, time-outs, lost connections);
 * - `conflict`: another writer got in between; read again, decide again;
 * - `permanent`: the input itself cannot be handled, and never will be;
 * - `configuration`: it will work once an operator changes a setting, which the message names.
 */
export type FaultKind = 'transient' | 'conflict' | 'permanent' | 'configuration';

/** What a Fault may be made with: `cause`, and a reason. */
export interface FaultOptions extends ErrorOptions {
  /** The same for all failures of one cause, without what only this one holds: the message, unless given. */
  readonly reason?: string;
}

/** Marks a Fault of any copy of this module: `instanceof` would tell the copies of a class apart. */
const BRAND = Symbol.for('contrail.Fault');

/** A failure in the domain's terms. Adapters translate what their clients throw into one, kept as `cause`. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly kind: FaultKind;
  /** The same for all failures of one cause, whatever their messages say of each; the message, unless given. */
  readonly reason: string;

  constructor(kind: FaultKind, message: string, options?: FaultOptions) {
    super(message, options);
    this.kind = kind;
    this.reason = options?.reason ?? message;
  }

  get [BRAND](): true {
    return true;
  }

  static is(value: unknown): value is Fault {
    return value instanceof Error && BRAND in value;
  }

  /** The failure itself when it is a Fault already; otherwise a transient one, which is safe to try again. */
  static from(error: unknown): Fault {
    if (Fault.is(error)) return error;
    return new Fault('transient', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
