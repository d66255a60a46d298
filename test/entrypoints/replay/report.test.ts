import { expect } from 'chai';
import { NO_TALLIES } from '../../../src/application/tallies.ts';
import { ReplayFailures } from '../../../src/entrypoints/cli/replay/failures.ts';
import { textReport } from '../../../src/entrypoints/cli/replay/report.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { readingsTable } from '../../support/readings.ts';

const place = { order: 1, line: { label: 'feed.ndjson:1', records: 1 }, record: 1 };

/** The report of a replay with one failure. */
function reportOf(definition: Parameters<typeof textReport>[0]['definition'], pk: string, sk?: string) {
  const failures = new ReplayFailures();
  failures.addRecord(
    place,
    { sequenceNumber: '7', pk, ...(sk === undefined ? {} : { sk }) },
    {},
    'it is broken',
  );
  const outcomes = { applied: 0, ignored: 0, duplicate: 0, failed: 1 };
  return textReport({
    result: { ...NO_TALLIES, records: 1, batches: 1, outcomes, failures },
    ...{ seconds: 1, searchActions: 0, unmade: new Map(), verification: undefined, definition },
  });
}

describe('the text report of a replay', () => {
  it('given a record that failed, then its key is called as in the table', () => {
    expect(reportOf(readingsTable('ledger'), 'D', '9')).to.contain(
      'it is broken [sequence number 7, device D, at 9]\n',
    );
    const item = row({ id: '<item>' });
    const derive = { found: documents(item, { collection: 'items', fields: [] }) };
    const plain = defineTable({ keys: { partition: 'id' }, rows: { item }, derive });
    expect(reportOf(plain, 'i-1')).to.contain('it is broken [sequence number 7, id i-1]\n');
  });
});
