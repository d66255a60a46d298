import { tupleKey } from '../../../src/domain/tuple.ts';
import {
  matcherRepositoryContract,
  type MatcherRepositoryHarness,
} from '../../contracts/matcher-repository.contract.ts';
import { collect } from '../../support/collect.ts';
import { memoryBackend } from './memory-harness.ts';

const setUp = async (): Promise<MatcherRepositoryHarness> => {
  const { matcher, state } = memoryBackend();
  return {
    matcher,
    count: async (tuple) =>
      (await collect(state.tupleCounts())).find((row) => tupleKey(row.tuple) === tupleKey(tuple))?.count,
  };
};

matcherRepositoryContract('the memory matcher repository', setUp, { nulCharacters: 'yes' });
