import { BackPressure } from '../../application/back-pressure.ts';
import { Fault } from '../../domain/fault.ts';
import type { SearchSchema } from '../../domain/search-schema.ts';
import type { LineOutcome } from './import-answer.ts';

/**
 * The Fault of a line of an import that is not known to be written: permanent where its content is refused.
 *
 * @param stopped why the server took no more lines, where it said so.
 */
export function lineFault(
  server: string,
  { collection, fields }: SearchSchema,
  id: string,
  outcome: LineOutcome,
  stopped: string | undefined,
): Fault {
  const fault = (kind: 'transient' | 'permanent', problem: string) =>
    new Fault(kind, `${collection} ${JSON.stringify(id)}: ${server} ${problem}`, {
      reason: `${collection}: ${server} ${problem}`,
    });
  if (outcome.kind === 'failed') return fault('transient', `failed with ${outcome.code} to write it`);
  if (outcome.kind !== 'refused')
    return stopped === undefined
      ? fault('transient', 'did not say whether it is written')
      : new BackPressure(`${server} takes no more writes into ${collection} now: ${stopped}`, undefined);
  // Only a name that is ours: what else the server says may cite the document.
  const field = fields.find(({ name }) => name === outcome.field);
  return fault(
    'permanent',
    `refuses ${field === undefined ? 'it' : `its field ${JSON.stringify(field.name)}`}`,
  );
}
