import { readFileSync, writeFileSync } from 'node:fs';
import type { DynamoDBRecord } from 'aws-lambda';
import type { Item } from '../model/item.ts';
import { TableModel } from '../model/table-model.ts';
import { tablesBefore } from '../model/world.ts';
import { workload, type WorkloadName } from '../workloads/catalogue.ts';

/** A batch, and the tables as they are when it arrives. */
export interface Scene {
  readonly batch: readonly DynamoDBRecord[];
  readonly tables: TableModel;
}

interface Written {
  readonly batch: readonly DynamoDBRecord[];
  readonly tables: readonly (readonly [name: string, items: readonly Item[]])[];
}

export async function sceneOf(name: WorkloadName, records: number, history: number): Promise<Scene> {
  const made = workload(name, records, history);
  return { batch: made.batch, tables: await tablesBefore(made) };
}

/** For processes that measure: making it would warm them up with other things. */
export function writeScene(file: string, { batch, tables }: Scene): void {
  const written: Written = { batch, tables: tables.names.map((name) => [name, [...tables.items(name)]]) };
  writeFileSync(file, JSON.stringify(written));
}

export function readScene(file: string): Scene {
  const { batch, tables } = JSON.parse(readFileSync(file, 'utf8')) as Written;
  const model = new TableModel();
  for (const [name, items] of tables) for (const item of items) model.put(name, item);
  return { batch, tables: model };
}
