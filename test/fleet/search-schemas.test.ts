import { expect } from 'chai';
import { EncodedAttributes } from '../../src/adapters/dynamodb-stream/attribute-value.ts';
import { asIndexed, fieldsByName } from '../../src/domain/as-indexed.ts';
import { documentNow } from '../../src/domain/document-now.ts';
import { Fault } from '../../src/domain/fault.ts';
import { documentKeyOf, hasWantedParts } from '../../src/domain/search-document.ts';
import { searchSchemas } from '../../src/domain/search-schemas.ts';
import { fleet } from '../../src/fleet/definition.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';

describe("the fleet's schemas", () => {
  const fields = new Map(
    searchSchemas(fleet.model.documents).map((schema) => [schema.collection, fieldsByName(schema)]),
  );

  it('given rows as the feed writes them, then every document fits', () => {
    const counts = new Map<string, number>();
    for (const { dynamodb } of generateRecords({ records: 5_000, seed: 16 })) {
      const { Keys = {}, NewImage } = dynamodb ?? {};
      const [partition = '', sort = ''] = [Keys['PK']?.S, Keys['SK']?.S];
      const row = fleet.model.rowOf(partition, sort);
      if (NewImage === undefined || row === undefined || 'malformed' in row) continue;
      const attributes = new EncodedAttributes(NewImage, Keys, 'NewImage');
      for (const model of row.model.documents) {
        if (!hasWantedParts(model, row)) continue;
        const key = documentKeyOf(model, row);
        const document = documentNow(fleet.model, key, { partition, sort }, attributes);
        if (document === undefined) continue;
        const fit = asIndexed(key, document, fields.get(key.collection)!);
        expect(Fault.is(fit) ? fit.message : undefined, JSON.stringify(NewImage)).to.equal(undefined);
        counts.set(key.collection, (counts.get(key.collection) ?? 0) + 1);
      }
    }
    expect([...counts.keys()]).to.have.members([...fields.keys()]);
    expect(Math.min(...counts.values())).to.be.greaterThan(20);
  });
});
