import { Fault } from '../../src/domain/fault.ts';

/** Results of a port in words: a Fault by its kind, anything else as it is. */
export function kindsOf(results: readonly unknown[]): readonly unknown[] {
  return results.map((result) => (Fault.is(result) ? result.kind : result));
}

/** A result in words: a Fault with its message. */
export function shown(result: unknown): string {
  return Fault.is(result) ? `${result.kind}: ${result.message}` : String(result);
}
