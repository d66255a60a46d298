import { toDelivery } from '../../../src/adapters/dynamodb-stream/stream-record.ts';
import {
  imageRepositoryContract,
  type ImageRepositoryHarness,
} from '../../contracts/image-repository.contract.ts';
import { defaultRow, imageRow, streamRecord } from '../../support/stream-records.ts';
import { memoryBackend } from './memory-harness.ts';

const setUp = async () => {
  const { images, table, put, remove } = memoryBackend();
  return {
    images,
    putImage: (entity, imageId, attributes) => put(imageRow(entity, imageId), attributes),
    // Such a row never gets as far as the memory table: its record is no change of any row.
    putNamelessImage: async (entity) => {
      const delivery = toDelivery(streamRecord({ after: imageRow(entity, '') }));
      if (delivery.kind === 'change') await table.apply([delivery.change]);
    },
    removeImage: (entity, imageId) => remove(imageRow(entity, imageId)),
    putForeignDefault: (entity, attributes) => put(defaultRow(entity), attributes),
    removeForeignDefault: (entity) => remove(defaultRow(entity)),
    repointForeignDefault: (entity, imageId) => {
      const attributes = table.defaultImage(entity)?.image.attributes;
      return put(defaultRow(entity), { ...attributes, image_id: imageId });
    },
    readDefault: async (entity) => table.defaultImage(entity)?.image.attributes,
  } satisfies ImageRepositoryHarness;
};

imageRepositoryContract('the memory image repository', setUp, {
  seesForeignRewrites: 'yes',
  seesNestedChanges: 'yes',
  nulCharacters: 'yes',
  prototypeNames: 'yes',
});
