import { recordHandler } from '../record-handler.ts';
import { functionOf } from './function-of.ts';

export const handler = functionOf((downstream) => {
  const handle = recordHandler(downstream, console.log);
  return {
    handle: async (records) => {
      for (const record of records) await handle(record);
    },
  };
});
