import {
  imageRepositoryContract,
  type ImageRepositoryHarness,
} from '../../contracts/image-repository.contract.ts';
import { defaultRow, imageRow } from '../../support/stream-records.ts';
import { memoryBackend } from './memory-harness.ts';

const setUp = async () => {
  const { images, table, put, remove } = memoryBackend();
  return {
    images,
    putImage: (entity, imageId, attributes) => put(imageRow(entity, imageId), attributes),
    removeImage: (entity, imageId) => remove(imageRow(entity, imageId)),
    putForeignDefault: (entity, attributes) => put(defaultRow(entity), attributes),
    removeForeignDefault: (entity) => remove(defaultRow(entity)),
    readDefault: async (entity) => table.defaultImage(entity)?.image.attributes,
  } satisfies ImageRepositoryHarness;
};

imageRepositoryContract('the memory image repository', setUp, {
  seesForeignRewrites: 'yes',
  seesNestedChanges: 'yes',
  nulCharacters: 'yes',
  prototypeNames: 'yes',
});
