import { expect } from 'chai';
import { PostgresSourceRows } from '../../../src/adapters/postgres/replica/postgres-source-rows.ts';
import { DecodedAttributes } from '../../../src/domain/value.ts';
import { fleetOn } from '../../contracts/backends/postgres/table.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { entity } from '../../support/factories.ts';
import { changeOf, imageRow, streamRecord } from '../../support/stream-records.ts';
import { unique } from '../../support/unique.ts';

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `rows with more than a statement has for several, on ${kind.name}`, () => {
    it('are kept, each in its place among the others', async () => {
      const database = await kind.shared();
      const { replica } = fleetOn(database);
      const large = { text: 'x'.repeat(17 * 1_024 * 1_024) };
      const [row, later] = [unique('a'), unique('b')].map((id) => imageRow(entity(), id));
      const added = changeOf(streamRecord({ after: row!, sequence: 1_001 }));
      const grown = new DecodedAttributes(new Map(Object.entries({ ...row!, ...large })));
      const shrunk = changeOf(streamRecord({ before: row!, after: row!, sequence: 1_002 }));
      const last = changeOf(streamRecord({ after: later!, sequence: 1_003 }));
      const lastGrown = new DecodedAttributes(new Map(Object.entries({ ...later!, ...large })));
      const changes = [
        { ...added, after: grown },
        { ...shrunk, before: grown },
        { ...last, after: lastGrown },
      ];
      expect(await replica.apply(changes)).to.deep.equal([]);
      const rows = new PostgresSourceRows(database.database, database.names);
      const kept = await rows.read([row!, later!].map(({ PK, SK }) => ({ partition: PK, sort: SK })));
      expect(kept.map((attributes) => attributes?.all().has('text'))).to.deep.equal([false, true]);
    });
  });
