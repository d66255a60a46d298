import { expect } from 'chai';
import fc from 'fast-check';
import { MemoryDerivedRowRepository } from '../../src/adapters/memory/memory-derived-row-repository.ts';
import { DeriveRows } from '../../src/application/derive-rows.ts';
import type { DeriveRowsCommand } from '../../src/domain/command.ts';
import { Fault } from '../../src/domain/fault.ts';
import { partOf } from '../../src/domain/row.ts';
import { range } from '../support/range.ts';
import { SourceTable, streamRecord } from '../support/stream-records.ts';
import { basketRow, basketsOf, changeIn, commandIn, LINES, rowsOf, type Spec } from './derived-rows.ts';
import { aRetrier, ScriptedQuarantine, ScriptedRows } from './doubles.ts';
import { aWorkerOf, backendOf } from './shop.ts';
import { inShort } from './worker.ts';

const NONE = { derived: 0, removed: 0, repeated: 0, late: 0 };
const TABLE = basketsOf({ lines: LINES });
const KEEPING = basketsOf({ lines: { ...LINES, keep: true } });

const of = (id: string, sequence: number, items: readonly string[] | undefined, note = `${sequence}`) =>
  commandIn(TABLE, { after: basketRow(id, items, note), sequence });
const removal = (id: string, sequence: number) =>
  commandIn(TABLE, { before: basketRow(id, ['a']), sequence });
const kept = (id: string, sequence: number, items: readonly string[], note = `${sequence}`) =>
  commandIn(KEEPING, { after: basketRow(id, items, note), sequence });

function derive(repository = new MemoryDerivedRowRepository()) {
  const useCase = new DeriveRows(repository, aRetrier());
  return { repository, execute: (...commands: DeriveRowsCommand[]) => useCase.execute(commands) };
}

const line = (id: string, item: string, note: string) => `BASKET#s#${id} ITEM#${item}: ${note}`;

describe('DeriveRows', () => {
  it('given a row that comes, changes and goes, then its rows follow', async () => {
    const { repository, execute } = derive();
    expect((await execute(of('1', 1, ['a', 'b']))).tally).to.deep.equal({ ...NONE, derived: 1 });
    expect(rowsOf(repository)).to.deep.equal([line('1', 'a', '1'), line('1', 'b', '1')]);
    expect((await execute(of('1', 2, ['b', 'c']))).tally).to.deep.equal({ ...NONE, derived: 1 });
    expect(rowsOf(repository)).to.deep.equal([line('1', 'b', '2'), line('1', 'c', '2')]);
    expect((await execute(removal('1', 3))).tally).to.deep.equal({ ...NONE, removed: 1 });
    expect(rowsOf(repository)).to.deep.equal([]);
    await execute(of('1', 4, ['d']));
    expect(rowsOf(repository)).to.deep.equal([line('1', 'd', '4')]);
  });

  it('given many changes of few rows, then the newest of each decides, in one call', async () => {
    const inner = new MemoryDerivedRowRepository();
    const scripted = new ScriptedRows({}, inner);
    const commands = range(20).map((n) => of(`${n % 2}`, n + 1, ['a']));
    const { tally } = await new DeriveRows(scripted, aRetrier()).execute(commands.toReversed());
    expect(tally).to.deep.equal({ ...NONE, derived: 2 });
    expect(scripted.applies.map((moves) => moves.map(({ to }) => to.version.sequence))).to.deep.equal([
      ['20', '19'],
    ]);
    expect(rowsOf(inner)).to.deep.equal([line('0', 'a', '19'), line('1', 'a', '20')]);
  });

  it('given what was handled already, or something older, then it writes nothing', async () => {
    const { repository, execute } = derive();
    await execute(of('1', 5, ['a']));
    const scripted = new ScriptedRows({}, repository);
    const useCase = new DeriveRows(scripted, aRetrier());
    expect((await useCase.execute([of('1', 5, ['a'])])).tally).to.deep.equal({ ...NONE, repeated: 1 });
    expect((await useCase.execute([of('1', 4, ['b'])])).tally).to.deep.equal({ ...NONE, late: 1 });
    expect(scripted.applies).to.deep.equal([]);
    expect(rowsOf(repository)).to.deep.equal([line('1', 'a', '5')]);
  });

  it('given a late change of a row that is gone, then it stays gone', async () => {
    const { repository, execute } = derive();
    await execute(of('1', 5, ['a']), removal('1', 6));
    await execute(of('1', 5, ['a']));
    expect(rowsOf(repository)).to.deep.equal([]);
  });

  it('given a key that goes from one row to another in a batch, then who gives it up is first', async () => {
    const handed = basketsOf({
      names: { of: ({ attributes: { note } }) => ({ key: { PK: 'NAMES', SK: String(note) } }) },
    });
    const named = (id: string, note: string, sequence: number) =>
      commandIn(handed, { after: basketRow(id, [], note), sequence });
    const { repository, execute } = derive();
    await execute(named('1', 'x', 1), named('2', 'y', 2));
    const { failed } = await execute(named('3', 'y', 3), named('2', 'x', 4), named('1', 'z', 5));
    expect([...failed]).to.deep.equal([]);
    expect(rowsOf(repository).map((text) => text.split(':')[0])).to.deep.equal([
      'NAMES x',
      'NAMES y',
      'NAMES z',
    ]);
  });

  it('given a key that another row has, then that row’s changes fail, and no others', async () => {
    const shared = basketsOf({ names: { of: () => ({ key: { PK: 'NAMES', SK: 'one' } }) } });
    const { execute } = derive();
    const [first, second, third] = [1, 2, 3].map((n) =>
      commandIn(shared, { after: basketRow(`${n % 2}`, []), sequence: n }),
    ) as [DeriveRowsCommand, DeriveRowsCommand, DeriveRowsCommand];
    const { failed } = await execute(first, second, third);
    expect([...failed.keys()]).to.deep.equal([second.change]);
    const fault = failed.get(second.change);
    expect(fault?.kind).to.equal('configuration');
    expect(fault?.message).to.equal(
      'the derivation names, for the row ["SHOP#s","BASKET#0"], gives the row {"PK":"NAMES","SK":"one"}, which the derivation names, for the row ["SHOP#s","BASKET#1"], gives too: each derived row must have one source',
    );
  });

  it('given that somebody else moves the row in between, then it reads again', async () => {
    const inner = new MemoryDerivedRowRepository();
    const rival = derive(inner);
    const scripted: ScriptedRows = new ScriptedRows(
      {
        apply: async (moves) => {
          if (scripted.applies.length === 1) await rival.execute(of('1', 1, ['a', 'b']));
          return inner.apply(moves);
        },
      },
      inner,
    );
    const { failed } = await new DeriveRows(scripted, aRetrier()).execute([of('1', 2, ['b'])]);
    expect(failed.size).to.equal(0);
    expect(rowsOf(inner)).to.deep.equal([line('1', 'b', '2')]);
  });

  describe('where rows are kept', () => {
    it('given changes of one row in one batch, then each leaves its rows, one after the other', async () => {
      const { repository, execute } = derive();
      const { tally } = await execute(kept('1', 1, ['a']), kept('1', 2, ['a', 'b']), kept('1', 3, ['c']));
      expect(tally).to.deep.equal({ ...NONE, derived: 3 });
      expect(rowsOf(repository)).to.deep.equal([
        line('1', 'a', '2'),
        line('1', 'b', '2'),
        line('1', 'c', '3'),
      ]);
    });

    it('given that the row goes, then they stay, and are its own when it comes again', async () => {
      const { repository, execute } = derive();
      await execute(
        kept('1', 1, ['a']),
        commandIn(KEEPING, { before: basketRow('1', ['a']), sequence: 2 }),
        kept('1', 3, ['a', 'b']),
      );
      expect(rowsOf(repository)).to.deep.equal([line('1', 'a', '3'), line('1', 'b', '3')]);
    });

    it('given a change that fails, then later ones of its row wait, and others go on', async () => {
      const inner = new MemoryDerivedRowRepository();
      const fault = new Fault('transient', 'throttled');
      const scripted = new ScriptedRows(
        {
          apply: async (moves) => {
            const isBad = moves.map(
              ({ source, to }) => partOf(source.row, 'basket') === '1' && to.version.sequence === '2',
            );
            const results = await inner.apply(moves.filter((_, n) => !isBad[n]));
            return isBad.map((bad, n) =>
              bad ? fault : results[n - isBad.slice(0, n).filter(Boolean).length]!,
            );
          },
        },
        inner,
      );
      const commands = [kept('1', 1, ['a']), kept('1', 2, ['b']), kept('1', 3, ['c']), kept('2', 4, ['d'])];
      const { failed, waiting, tally } = await new DeriveRows(scripted, aRetrier()).execute(commands);
      expect([...failed]).to.deep.equal([[commands[1]!.change, fault]]);
      expect([...waiting]).to.deep.equal([commands[2]!.change]);
      expect(tally).to.deep.equal({ ...NONE, derived: 2 });
      expect(rowsOf(inner)).to.deep.equal([line('1', 'a', '1'), line('2', 'd', '4')]);
    });
  });
});

describe('rows that are derived in a batch', () => {
  it('given several derivations, then each has its own, and the tally counts all', async () => {
    const definition = basketsOf({
      lines: LINES,
      audit: {
        on: ['INSERT'],
        keep: true,
        of: ({ key, change }) => ({
          table: 'audit',
          key: { id: `${key.basket} ${change.operation} by ${change.origin}` },
          attributes: { note: change.at },
        }),
      },
    });
    const { handle, backend, metrics } = aWorkerOf(definition);
    const table = new SourceTable();
    const { outcomes, derivedRows } = await handle(
      table.put(basketRow('1', ['a'])),
      table.put(basketRow('1', ['b'])),
      table.put(basketRow('2', ['c'])),
      table.remove(basketRow('2')),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'applied', 'applied']);
    expect(derivedRows).to.deep.equal({ ...NONE, derived: 3, removed: 1 });
    expect(rowsOf(backend.derivedRows)).to.deep.equal(
      [
        line('1', 'b', 'n'),
        '["audit",["id","1 INSERT by user"]]: 1767603600000',
        '["audit",["id","2 INSERT by user"]]: 1767603600000',
      ].toSorted(),
    );
    const figures = metrics.batches.at(-1)?.metrics;
    expect(figures?.get('RowsDerived')).to.equal(3);
    expect(figures?.get('RowsRemoved')).to.equal(1);
  });

  it('given only operations that a derivation leaves out, then the record is ignored', async () => {
    const { handle } = aWorkerOf(basketsOf({ lines: { ...LINES, on: ['REMOVE'] } }));
    const { outcomes } = await handle(streamRecord({ after: basketRow('1', ['a']) }));
    expect(inShort(outcomes)).to.deep.equal(['ignored']);
  });

  it('given a row that the function refuses, then later changes of that row wait, and no others', async () => {
    const definition = basketsOf({
      lines: {
        of: (given) => {
          if (given.attributes.note === 'bad') throw new Error('no');
          return LINES.of(given);
        },
      },
    });
    const { handle, backend } = aWorkerOf(definition);
    const table = new SourceTable();
    const { outcomes } = await handle(
      table.put(basketRow('1', ['a'])),
      table.put(basketRow('1', ['b'], 'bad')),
      table.put(basketRow('2', ['c'])),
      table.put(basketRow('1', ['d'])),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'failed', 'applied', 'held back']);
    expect(rowsOf(backend.derivedRows)).to.deep.equal([line('1', 'a', 'n'), line('2', 'c', 'n')]);
  });

  it('given one derivation that fails, then another of the row is done', async () => {
    const definition = basketsOf({
      names: { of: () => ({ key: { PK: 'NAMES', SK: 'one' } }) },
      lines: LINES,
    });
    const { handle, backend } = aWorkerOf(definition);
    const table = new SourceTable();
    const { outcomes } = await handle(table.put(basketRow('1', ['a'])), table.put(basketRow('2', ['b'])));
    expect(inShort(outcomes)).to.deep.equal(['applied', 'failed']);
    expect(rowsOf(backend.derivedRows)).to.include.members([line('1', 'a', 'n'), line('2', 'b', 'n')]);
  });

  const faults: readonly [what: string, spec: Spec, fault: string][] = [
    [
      'more than 40 rows',
      { of: () => range(41).map((n) => ({ key: { PK: 'P', SK: `${n}` } })) },
      'permanent: the function of the derivation lines, called for the basket row ["SHOP#s","BASKET#1"], returned more than 40 rows: 41',
    ],
    [
      'an empty text in a key',
      { of: () => ({ key: { PK: 'P', SK: '' } }) },
      'permanent: the function of the derivation lines, called for the basket row ["SHOP#s","BASKET#1"], returned a row whose key has an empty SK',
    ],
    [
      'a promise',
      { of: (async () => []) as never },
      'configuration: the function of the derivation lines, called for the basket row ["SHOP#s","BASKET#1"], returned a promise: it must be a pure function of the row, that is not async',
    ],
    [
      'two rows with one key',
      { of: () => [{ key: { PK: 'P', SK: 'x' } }, { key: { SK: 'x', PK: 'P' } }] },
      'configuration: the function of the derivation lines, called for the basket row ["SHOP#s","BASKET#1"], returned two rows with one key: {"PK":"P","SK":"x"}',
    ],
    [
      'a row of the kind that it is derived from',
      { of: () => ({ key: { PK: 'SHOP#x', SK: 'BASKET#y' } }) },
      'configuration: the function of the derivation lines, called for the basket row ["SHOP#s","BASKET#1"], returned a basket row, from which it is derived itself: {"PK":"SHOP#x","SK":"BASKET#y"}',
    ],
  ];
  for (const [what, spec, fault] of faults)
    it(`given a function that returns ${what}, then the record fails, and says so`, async () => {
      const { handleNamed } = aWorkerOf(basketsOf({ lines: spec }));
      const { outcomes } = await handleNamed({ it: streamRecord({ after: basketRow('1') }) });
      expect(outcomes).to.deep.equal({ it: fault });
    });

  it('given a stream without new images, then the view type to set is named', async () => {
    const { handleNamed } = aWorkerOf(TABLE, { replica: 'none' });
    const { outcomes } = await handleNamed({
      it: streamRecord({ after: basketRow('1'), viewType: 'KEYS_ONLY' }),
    });
    expect(outcomes['it']).to.match(/^configuration: .*lines.*NEW/);
  });
});

describe('a change of a kept row that can never be handled', () => {
  const poison = new Fault('permanent', 'too large');
  const parts = () => {
    const inner = new MemoryDerivedRowRepository();
    const derivedRows = new ScriptedRows(
      {
        apply: async (moves) =>
          Promise.all(
            moves.map(async (move) =>
              move.put.some(({ key }) => key['SK'] === 'ITEM#b') ? poison : (await inner.apply([move]))[0]!,
            ),
          ),
      },
      inner,
    );
    const table = new SourceTable();
    const records = [['a'], ['b'], ['c']].map((items) => table.put(basketRow('1', items)));
    return { inner, derivedRows, records };
  };

  it('given a quarantine, then it alone goes there, and the later ones follow', async () => {
    const { inner, derivedRows, records } = parts();
    const quarantine = new ScriptedQuarantine((kept) => kept.map(() => 'done'));
    const { handle } = aWorkerOf(KEEPING, { derivedRows, quarantine, quarantineMaxShare: 1 });
    const { outcomes } = await handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['applied', 'quarantined', 'applied']);
    expect(rowsOf(inner)).to.deep.equal([line('1', 'a', 'n'), line('1', 'c', 'n')]);
  });

  it('given none, then the later ones are held back', async () => {
    const { inner, derivedRows, records } = parts();
    const { outcomes } = await aWorkerOf(KEEPING, { derivedRows }).handle(...records);
    expect(inShort(outcomes)).to.deep.equal(['applied', 'failed', 'held back']);
    expect(rowsOf(inner)).to.deep.equal([line('1', 'a', 'n')]);
  });
});

describe('whatever is delivered of rows from which rows are derived', () => {
  interface Step {
    readonly id: string;
    readonly items: readonly string[];
    readonly removed: boolean;
  }
  const steps = fc.array(
    fc.record({
      id: fc.constantFrom('1', '2', '3'),
      items: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd')),
      removed: fc.nat(2).map((dice) => dice === 0),
    }),
    { minLength: 1, maxLength: 25 },
  );
  const recordsOf = (history: readonly Step[]) => {
    const table = new SourceTable({ firstSequence: 95n });
    const records = history.map(({ id, items, removed }, n) => {
      const row = basketRow(id, items, `${n}`);
      return removed && table.has(row) ? table.remove(row) : table.put(row);
    });
    const present = table.rows.flatMap(({ SK, items, note }) =>
      (items as string[]).map((item) => line(SK.replace('BASKET#', ''), item, note as string)),
    );
    return { records, present: present.toSorted() };
  };

  it('in any order and batches, some of it again: rows are what the function says of the present rows', async () => {
    const deliveries = steps.chain((history) => {
      const { records, present } = recordsOf(history);
      const all = [...records, ...records.slice(0, 5)];
      return fc.record({
        present: fc.constant(present),
        order: fc.shuffledSubarray(all, { minLength: all.length }),
        size: fc.integer({ min: 1, max: 12 }),
      });
    });
    await fc.assert(
      fc.asyncProperty(deliveries, async ({ present, order, size }) => {
        const backend = backendOf(TABLE);
        const { handle } = aWorkerOf(TABLE, { backend });
        for (let from = 0; from < order.length; from += size) {
          const { outcomes } = await handle(...order.slice(from, from + size));
          expect(inShort(outcomes)).not.to.include('failed');
        }
        expect(rowsOf(backend.derivedRows)).to.deep.equal(present);
      }),
      { numRuns: 200 },
    );
  });

  it('kept, in order, some of it again: every item that ever was is there, as it was last', async () => {
    await fc.assert(
      fc.asyncProperty(steps, fc.integer({ min: 1, max: 12 }), async (history, size) => {
        const { records } = recordsOf(history);
        const expected = new Map<string, string>();
        for (const record of records) {
          const { change } = { change: changeIn(KEEPING, record) };
          if (typeof change.after === 'string') continue;
          const note = change.after.get('note') as string;
          for (const item of change.after.get('items') as string[])
            expected.set(`${partOf(change.row, 'basket')} ${item}`, note);
        }
        const { handle, backend } = aWorkerOf(KEEPING);
        for (let from = 0; from < records.length; from += size) {
          await handle(...records.slice(from, from + size));
          await handle(...records.slice(0, from + size));
        }
        expect(rowsOf(backend.derivedRows)).to.deep.equal(
          [...expected]
            .map(([name, note]) => line(...(name.split(' ') as [string, string]), note))
            .toSorted(),
        );
      }),
      { numRuns: 100 },
    );
  });
});
