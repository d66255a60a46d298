import { startServers } from '../../local/servers/servers.ts';
import { Fault } from '../../src/domain/fault.ts';
import { PGLITE, SERVER } from '../integration/postgres.ts';
import { awsStage } from './aws-stage.ts';
import type { Plan } from './plan.ts';
import { postgresPlanOf } from './postgres/postgres-plan.ts';
import { postgresStage } from './postgres/postgres-stage.ts';
import type { Stage } from './stage.ts';

export const BACKENDS = ['aws', 'postgres', 'pglite'] as const;
export type BackendName = (typeof BACKENDS)[number];

/** What runs of a backend have in common. */
export interface Stages {
  stageFor(plan: Plan): Promise<Stage>;
  close(): Promise<unknown>;
}

/** @throws Fault `configuration` where something is missing that it needs. */
export async function openStages(backend: BackendName): Promise<Stages> {
  if (backend === 'aws') {
    const servers = await startServers();
    return { stageFor: (plan) => awsStage(plan, servers), close: () => servers.stop() };
  }
  const kind = backend === 'pglite' ? PGLITE : SERVER;
  if (kind.missing !== undefined) throw new Fault('configuration', kind.missing);
  return {
    stageFor: async (plan) => {
      const { name, url, own } = kind;
      return postgresStage(plan, postgresPlanOf(plan.seed), { name, url, ...(await own()) });
    },
    close: () => kind.end(),
  };
}
