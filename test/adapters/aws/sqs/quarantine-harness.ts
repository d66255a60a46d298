import { parseQuarantined } from '../../../../src/adapters/aws/sqs/quarantine-message.ts';
import { SqsQuarantine } from '../../../../src/adapters/aws/sqs/sqs-quarantine.ts';
import type { Kept, QuarantineHarness } from '../../../contracts/quarantine.contract.ts';
import { ownQueue } from './own-queue.ts';

/** A quarantine on a queue of its own. */
export async function quarantineHarness(endpoint: string, fifo: boolean): Promise<QuarantineHarness> {
  const { client, queueUrl, bodies, close } = await ownQueue(endpoint, 'quarantine', fifo);
  return {
    quarantine: new SqsQuarantine(client, { queueUrl }),
    kept: async () => (await bodies()).map(keptIn),
    close,
  };
}

function keptIn(body: string): Kept {
  const { source, record, reason, fault } = parseQuarantined(body);
  return { source, raw: record, reason, kind: fault };
}
