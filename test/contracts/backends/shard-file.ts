import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileShardStates } from '../../../src/adapters/files/file-shard-states.ts';
import type { Implementation } from '../contract.ts';
import type { Harness, StatesCapability } from '../shard-states.ts';

export const shardFile: Implementation<Harness, StatesCapability> = {
  name: 'a file',
  setUp: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'contrail-'));
    let open = await FileShardStates.open(folder);
    return {
      states: open,
      connect: () => open,
      reopened: async () => {
        await open.close();
        open = await FileShardStates.open(folder);
        return open;
      },
      close: async () => {
        await open.close();
        await rm(folder, { recursive: true });
      },
    };
  },
};
