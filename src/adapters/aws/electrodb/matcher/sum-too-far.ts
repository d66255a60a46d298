import type { Fault } from '../../../../domain/fault.ts';

/** Whether a write was refused as DynamoDB, or DynamoDB Local, refuses to add up to what is no number of its own. */
export function saysTooFar({ cause }: Fault): boolean {
  return cause instanceof Error && TOO_FAR.test(cause.message);
}

const TOO_FAR = /more than 38 significant digits|precision up to 38 digits|number (?:over|under)flow/i;
