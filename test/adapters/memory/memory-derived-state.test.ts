import { derivedStateContract, type DerivedStateHarness } from '../../contracts/derived-state.contract.ts';
import { memoryBackend } from './memory-harness.ts';

const setUp = async (): Promise<DerivedStateHarness> => {
  const { state, images, matcher, index, put } = memoryBackend();
  return {
    state,
    images,
    matcher,
    index: async (actions) => index.apply(actions),
    putRow: (keys, attributes) => put(keys, { ...attributes, ...keys }),
  };
};

derivedStateContract('the memory derived state', setUp);
