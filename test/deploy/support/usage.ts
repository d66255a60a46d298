import type { Usage } from '../../../deploy/cost.ts';
import type { Call } from './call-recorder.ts';
import { permissionsOf } from './permissions.ts';

/** SQS bills a request for each 64 KB begun. */
const BYTES_A_QUEUE_REQUEST = 64 * 1_024;

/** What these calls take, for rows that are as small as Contrail's: reads of up to 4 KB, writes of up to 1 KB. */
export function usageOf(calls: readonly Call[]): Omit<Usage, 'invocations'> {
  let [readUnits, writeUnits, queueRequests] = [0, 0, 0];
  for (const call of calls) {
    const { operation, input } = call;
    const parts = permissionsOf(call).length;
    if (operation.startsWith('SendMessage'))
      queueRequests += Math.ceil(Buffer.byteLength(JSON.stringify(input)) / BYTES_A_QUEUE_REQUEST);
    else if (operation === 'TransactWriteItems') writeUnits += 2 * parts;
    else if (operation === 'Query' || operation.endsWith('GetItem')) readUnits += parts;
    else writeUnits += parts;
  }
  return { readUnits, writeUnits, queueRequests };
}
