import { readStreamArn } from '../../../adapters/dynamodb-stream/stream-arn.ts';
import type { TableModel } from '../../../domain/table-model.ts';
import { Fault } from '../../../domain/fault.ts';
import { type Config, readConfig } from '../../config.ts';
import type { Environment } from '../../environment-reader.ts';

/** Which stream is read. */
export type Followed = { readonly streamArn: string } | { readonly table: string };

export interface ConsumeSettings {
  readonly config: Config;
  readonly followed: Followed;
}

interface Options {
  readonly table?: string;
  readonly streamArn?: string;
  readonly backend?: Config['backend']['kind'];
}

/**
 * Reads and checks the options and the environment: what is given as an option goes first.
 *
 * @throws Fault `configuration` that names what is wrong or missing.
 */
export function readConsumeSettings(
  { table, streamArn, backend }: Options,
  environment: Environment,
  model: TableModel,
): ConsumeSettings {
  if (table !== undefined && streamArn !== undefined)
    throw new Fault('configuration', 'both --table and --stream-arn are given; leave one out');
  const named = table ?? (streamArn === undefined ? undefined : tableNameIn(streamArn));
  const config = readConfig(
    {
      ...environment,
      ...(backend === undefined ? {} : { BACKEND: backend }),
      ...(named === undefined ? {} : { TABLE_NAME: named }),
    },
    model,
  );
  if (streamArn !== undefined) return { config, followed: { streamArn } };
  const followed = named ?? environment['TABLE_NAME'];
  if (!followed)
    throw new Fault(
      'configuration',
      'nothing says which stream to read; give --table NAME or --stream-arn ARN, or set TABLE_NAME',
    );
  return { config, followed: { table: followed } };
}

function tableNameIn(streamArn: string): string {
  return readStreamArn(streamArn).tableArn.replace(/^.*:table\//, '');
}
