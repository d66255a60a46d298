import { Fault } from '../../../domain/fault.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import { readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';

/** Stands for what is not set: before a deployment much is not, and what needs it says so. */
const IN_PLACE: Environment = {
  TABLE_NAME: 'contrail-no-table',
  STATE_TABLE_NAME: 'contrail-no-state-table',
  TYPESENSE_QUEUE_URL: 'https://sqs.us-east-1.amazonaws.com/000000000000/contrail-no-queue.fifo',
  DATABASE_URL: 'postgres://nobody@127.0.0.1/none',
};

/** What is wrong with the settings that are made, a line each; none cites a secret. */
export function settingsProblems(environment: Environment, model: TableModel): readonly string[] {
  try {
    readConfig({ ...IN_PLACE, ...environment }, model);
    return [];
  } catch (error) {
    if (!Fault.is(error)) throw error;
    return error.message.split('\n');
  }
}
