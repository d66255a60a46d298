import { expect } from 'chai';
import { PostgresQuarantine } from '../../../src/adapters/postgres/quarantine/postgres-quarantine.ts';
import { aWorker, inShort } from '../../application/worker.ts';
import { fleetOn } from '../../contracts/backends/postgres/table.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { collect } from '../../support/collect.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { Encoded, faaRow, SourceTable } from '../../support/stream-records.ts';

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `a row that PostgreSQL can never hold, on ${kind.name}`, () => {
    let own: Awaited<ReturnType<typeof kind.own>>;

    before(async () => {
      own = await kind.own();
    });

    after(() => own.close());

    it('given good rows beside it, then it alone goes to quarantine, and these are kept', async () => {
      const { database, names } = own;
      const { replica, state } = fleetOn(own);
      const table = new SourceTable();
      const records = [
        table.put(faaRow('N1')),
        table.put(faaRow('N2', { weight: new Encoded({ N: '1e200000' }) })),
        table.put(faaRow('N3')),
        table.put(faaRow('N2', { owner_name: 'later' })),
      ];
      const worker = aWorker({ replica, quarantine: new PostgresQuarantine(database, names) });
      const { outcomes } = await worker.handle(...records);
      expect(inShort(outcomes)).to.deep.equal(['applied', 'quarantined', 'applied', 'applied']);
      const kept = await database.query(`select reason from ${names.quarantine}`);
      expect(kept).to.have.length(1);
      expect(kept[0]).to.have.property('reason').that.contains('22003');
      const rows = (await collect(state.rows())).map((row) => row.get('registration'));
      expect(rows).to.have.members(['N1', 'N2', 'N3']);
    });
  });
