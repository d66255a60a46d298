import { Fault } from '../domain/fault.ts';

/**
 * The code of an effect was called, and failed, or took too long, or its own write was not made. Other `transient` faults of a change are of the
 * stores that everything rests on.
 */
export class EffectFailed extends Fault {
  constructor({ message, reason, cause }: Fault) {
    super('transient', message, { reason, ...(cause !== undefined && { cause }) });
  }
}
