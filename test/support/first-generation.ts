import type { FollowedTables } from '../../src/application/followed-tables.ts';

/** Takes every table for the first one that is followed: for tests that are of something else. */
export const firstGeneration: Pick<FollowedTables, 'generationsOf'> = {
  generationsOf: (tableArns) => Promise.resolve(new Map([...tableArns].map((tableArn) => [tableArn, 0]))),
};
