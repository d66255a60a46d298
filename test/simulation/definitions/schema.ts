import type { StandardSchema } from '../../../src/domain/definition/standard-schema.ts';
import type { Said } from './said.ts';

/** Takes rows whose status is a text, if they have one, and gives functions the rows with it trimmed. */
export const schemaThatTrims: Said<StandardSchema> = {
  text: 'schemaThatTrims',
  value: {
    '~standard': {
      version: 1,
      vendor: 'test',
      validate: (value) => {
        const { status, ...others } = value as Readonly<Record<string, unknown>>;
        if (status === undefined) return { value: { ...others } };
        if (typeof status === 'string') return { value: { ...others, status: status.trim() } };
        return { issues: [{ message: 'must be a string', path: ['status'] }] };
      },
    },
  },
};
