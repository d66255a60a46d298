import { expect } from 'chai';
import { MemoryQuarantine } from '../../src/adapters/memory/memory-quarantine.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { SourceTable, streamRecord, type TableRow } from '../support/stream-records.ts';
import { aWorkerOf } from './shop.ts';
import { derivedBy, inShort } from './worker.ts';

const keys = { partition: 'PK', sort: 'SK' } as const;
const KEY = { PK: 'A#<a>', SK: 'B#<b>' } as const;
interface Named {
  readonly name: string;
}
const x = row(KEY, { when: { t: 'X' } }).with<Named>();
const y = row(KEY, { when: { t: 'Y' } }).with<Named>();

const at = (b: string, more: Omit<TableRow, 'PK' | 'SK'>): TableRow => ({ PK: 'A#1', SK: `B#${b}`, ...more });

describe('records whose old images do not tell what was derived from their rows', () => {
  it('given rows of another kind, then no function of the definition is run for them', async () => {
    const seen: unknown[] = [];
    const length = (given: Named | undefined) => {
      seen.push(given);
      return given === undefined ? 0 : given.name.length;
    };
    const table = defineTable({
      keys,
      rows: { x, y },
      derive: {
        x_search: documents(x, {
          collection: 'x',
          where: ({ attributes }) => length(attributes) > 0,
          fields: ['name'],
        }),
        x_count: counts(x, {
          by: ({ attributes }) => ({ n: String(length(attributes)) }),
          at: { PK: 'N', SK: '<n>' },
        }),
        x_copy: rows(x, {
          of: ({ attributes }) => ({ table: 'copies', key: { id: String(length(attributes)) } }),
        }),
        x_mail: effect(x, { where: ({ before }) => length(before) === 0, run: () => undefined }),
        y_search: documents(y, { collection: 'y', fields: [] }),
      },
    });
    const source = new SourceTable();
    // Their insertions are never delivered.
    for (const b of ['1', '2']) source.put(at(b, { t: 'Y', v: 1 }));
    const { handle, backend } = aWorkerOf(table);
    const { outcomes } = await handle(
      source.put(at('1', { t: 'Y', v: 2 })),
      source.put(at('2', { t: 'none' })),
      source.put(at('3', { t: 'Y', v: 3 })),
      source.remove(at('1', {})),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'applied', 'applied']);
    expect(seen).to.deep.equal([]);
    expect((await derivedBy(backend)).documents.map(([, id]) => id)).to.deep.equal(['1:3']);
  });

  it('given a stream without old images, then only the records fail that need one', async () => {
    const table = defineTable({
      keys,
      rows: { x, y },
      derive: {
        xs: documents(x, { collection: 'x', fields: ['name'] }),
        ys: counts(y, { by: ['name'], at: { PK: 'N', SK: '<name>' } }),
      },
    });
    let sequence = 10;
    const record = (b: string, t: string) =>
      streamRecord({ after: at(b, { t, name: 'n' }), sequence: sequence++, viewType: 'NEW_IMAGE' });
    const { handle, backend } = aWorkerOf(table);
    const { outcomes } = await handle(
      record('1', 'Q'),
      record('1', 'R'),
      record('2', 'X'),
      record('3', 'Y'),
      record('4', 'Y'),
      record('4', 'R'),
    );
    expect(inShort(outcomes)).to.deep.equal([
      'ignored',
      'ignored',
      'failed',
      'applied',
      'applied',
      'ignored',
    ]);
    expect(outcomes[2]).to.have.nested.property('fault.kind', 'configuration');
    expect((await derivedBy(backend)).counts).to.deep.equal([['n', 1]]);
  });

  describe('given a function that fails when it is asked again', () => {
    const worker = (quarantine?: MemoryQuarantine) => {
      const ran: unknown[] = [];
      let [calls, isBroken] = [0, true];
      const table = defineTable({
        keys,
        rows: { x },
        derive: {
          search: documents(x, {
            collection: 'x',
            fields: ({ attributes: { name } }) => {
              if (name === 'bad' && isBroken && ++calls > 2) throw new Error('asked once too often');
              return { name };
            },
          }),
          mail: effect(x, { run: ({ key, after }) => void ran.push([key.b, after?.name]) }),
        },
      });
      const source = new SourceTable();
      const put = (b: string, name: string) => source.put(at(b, { t: 'X', name }));
      put('1', 'bad');
      put('2', 'good');
      const records = [put('1', 'bad'), put('2', 'good'), put('1', 'later'), put('3', 'new')];
      const mend = () => (isBroken = false);
      const parts = quarantine === undefined ? {} : { quarantine, quarantineMaxShare: 1 };
      return { ...aWorkerOf(table, parts), records, ran, mend };
    };
    const namesIn = async ({ backend }: ReturnType<typeof worker>) =>
      (await derivedBy(backend)).documents.map(([, id]) => id);

    it('then its record fails, later changes of its row wait, and all others are carried out', async () => {
      const given = worker();
      const { outcomes } = await given.handle(...given.records);
      expect(inShort(outcomes)).to.deep.equal(['failed', 'applied', 'held back', 'applied']);
      expect(outcomes[0]).to.have.nested.property('fault.message').that.includes('asked once too often');
      expect(given.ran).to.have.deep.members([
        ['2', 'good'],
        ['3', 'new'],
      ]);
      expect(await namesIn(given)).to.deep.equal(['1:2', '1:3']);

      given.mend();
      expect(inShort((await given.handle(...given.records)).outcomes)).to.deep.equal([
        'applied',
        'applied',
        'applied',
        'applied',
      ]);
      expect(given.ran.slice(2)).to.deep.equal([
        ['1', 'bad'],
        ['1', 'later'],
      ]);
      expect(await namesIn(given)).to.deep.equal(['1:1', '1:2', '1:3']);
    });

    it('then with a quarantine its record goes there, and the later changes of its row follow', async () => {
      const quarantine = new MemoryQuarantine();
      const given = worker(quarantine);
      const { outcomes } = await given.handle(...given.records);
      expect(inShort(outcomes)).to.deep.equal(['quarantined', 'applied', 'applied', 'applied']);
      expect(quarantine.kept).to.have.lengthOf(1);
      expect(given.ran).to.have.deep.members([
        ['2', 'good'],
        ['3', 'new'],
        ['1', 'later'],
      ]);
      expect(await namesIn(given)).to.deep.equal(['1:1', '1:2', '1:3']);
    });
  });
});
