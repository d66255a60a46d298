import { Fault } from '../domain/fault.ts';
import type { Suspicion } from './poison-breaker.ts';
import type { Logger } from './ports/logger.ts';
import { failed, isPoison, type RecordState } from './record-state.ts';

/** What would have become of poison. */
export type Aside = 'quarantined' | 'parked';

const TOO_MANY: Readonly<Record<Aside, string>> = {
  quarantined: 'too many poison records for one reason: none is quarantined',
  parked: 'too many poison records for one reason: none is parked',
};

const NOT_DONE: Readonly<Record<Aside, string>> = {
  quarantined: 'not quarantined: ',
  parked: 'not parked: ',
};

/** Has all poison of a batch block, whatever its reason: an operator has to look. */
export function holdBackSuspects(
  states: RecordState[],
  suspicion: Suspicion,
  { logger, maxShare }: { readonly logger: Logger; readonly maxShare: number },
  aside: Aside,
): void {
  logger.log('error', TOO_MANY[aside], {
    ...suspicion,
    QUARANTINE_MAX_SHARE: maxShare,
  });
  for (const [index, state] of states.entries())
    if (isPoison(state)) states[index] = failed(suspect(state.fault, suspicion, maxShare, aside));
}

function suspect(fault: Fault, { poison, items, reason }: Suspicion, maxShare: number, aside: Aside): Fault {
  const common = reason === fault.reason ? 'this one reason' : `one reason (${reason})`;
  return new Fault(
    'configuration',
    `${fault.message}; ${NOT_DONE[aside]}${poison} of the batch's ${items} items fail for ${common}, a larger share ` +
      `than QUARANTINE_MAX_SHARE (${maxShare}). Check the worker's version and its input; ` +
      'if the rows themselves are wrong, raise QUARANTINE_MAX_SHARE (1 allows all)',
    { cause: fault, reason: fault.reason },
  );
}
