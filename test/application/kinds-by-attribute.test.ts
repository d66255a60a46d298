import { expect } from 'chai';
import type { Result } from '../../src/application/result.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { verify } from '../../src/application/verify/verify.ts';
import type { CountMove } from '../../src/domain/count-move.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { Fault } from '../../src/domain/fault.ts';
import { collect } from '../support/collect.ts';
import { SourceTable, type TableRow } from '../support/stream-records.ts';
import { aWorkerOf, backendOf } from './shop.ts';
import { derivedBy, inShort } from './worker.ts';

const keys = { partition: 'PK', sort: 'SK' } as const;

/** A table as ElectroDB lays it out: an order's key has its parts, of others only the entity's mark tells anything. */
const order = row({ PK: '$app#user_<user>', SK: '$order_1#order_<order>' }, { when: { __edb_e__: 'order' } });
const ANY = { PK: '<pk>', SK: '<sk>' } as const;
/** Apart from what is derived in the same table. */
const parts = { sk: { without: '@' } } as const;
const team = row(ANY, { when: { __edb_e__: 'team' }, parts });
const plan = row(ANY, { when: { __edb_e__: 'plan' }, parts });

describe('rows whose kind an attribute tells', () => {
  const TABLE = defineTable({
    keys,
    rows: { order, team, plan },
    derive: {
      orders: documents(order, { collection: 'orders', fields: ['total'] }),
      teams: documents(team, { collection: 'teams', fields: ['name'] }),
      plans: documents(plan, { collection: 'plans', fields: ['name'] }),
      team_count: counts(team, { by: ['name'], at: { PK: '$app#count', SK: '@teams#<name>' } }),
      plan_count: counts(plan, { by: ['name'], at: { PK: '$app#count', SK: '@plans#<name>' } }),
      first_team: pointer(team, { at: { SK: '@default' }, choose: 'keep', repeat: ['name'] }),
    },
  });
  const thing = (entity: string, name = 'x'): TableRow => ({
    ...{ PK: '$app#t', SK: '$thing' },
    ...{ __edb_e__: entity, name },
  });
  const idsIn = async (backend: ReturnType<typeof backendOf>) =>
    (await derivedBy(backend)).documents.map(([collection, id]) => `${collection as string}/${id as string}`);
  const ID = encodeURIComponent('$app#t') + ':' + encodeURIComponent('$thing');

  it('given a table of ElectroDB’s, then keys give parts where they have any, and marks tell kinds apart', async () => {
    const source = new SourceTable();
    const { handle, backend } = aWorkerOf(TABLE);
    const { outcomes } = await handle(
      source.put({ PK: '$app#user_7', SK: '$order_1#order_9', __edb_e__: 'order', total: 5 }),
      source.put(thing('team')),
      source.put({ ...thing('nothing'), SK: '$other' }),
      source.put(thing('plan')),
    );
    expect(inShort(outcomes)).to.deep.equal(['applied', 'applied', 'ignored', 'applied']);
    expect(await idsIn(backend)).to.deep.equal(['orders/7:9', `plans/${ID}`]);
    const { counts: counted, defaults } = await derivedBy(backend);
    expect(counted).to.deep.equal([['x', 1]]);
    expect(defaults).to.deep.equal([]);
  });

  it('given rows that Contrail itself writes among them, then nothing is derived of those', async () => {
    const source = new SourceTable();
    const { handle } = aWorkerOf(TABLE, { replica: 'none' });
    const { outcomes } = await handle(
      source.put({ PK: '$app#count', SK: '@teams#x', __edb_e__: 'team_count', name: 'x', count: 1 }),
      source.put({ PK: '$app#t', SK: '@default', __edb_e__: 'first_team', name: 'x', sk: '$thing' }),
    );
    expect(inShort(outcomes)).to.deep.equal(['ignored', 'ignored']);
  });

  it('given that the change of a row’s kind was lost, then its next change brings all into line', async () => {
    const source = new SourceTable();
    const { handle, backend } = aWorkerOf(TABLE);
    await handle(source.put(thing('team')));
    source.put(thing('plan'));
    await handle(source.put(thing('plan', 'y')));
    expect(await idsIn(backend)).to.deep.equal([`plans/${ID}`]);
    const { counts: counted, defaults } = await derivedBy(backend);
    expect(counted).to.deep.equal([['y', 1]]);
    expect(defaults).to.deep.equal([]);
  });

  for (const failing of ['team_count', 'plan_count'])
    it(`given that ${failing} fails for a row that becomes another, then its record fails`, async () => {
      const source = new SourceTable();
      const backend = backendOf(TABLE);
      await aWorkerOf(TABLE, { backend }).handle(source.put(thing('team')));
      const record = source.put(thing('plan'));
      const matcher = new (class extends MatcherRepository {
        override load = backend.matcher.load.bind(backend.matcher);
        override correct = backend.matcher.correct.bind(backend.matcher);
        override async apply(moves: readonly CountMove[]): Promise<readonly Result[]> {
          const fault = new Fault('permanent', 'no');
          const fails = (move: CountMove) => move.source.model.name === failing;
          const others = await backend.matcher.apply(moves.filter((move) => !fails(move)));
          const left = others.values();
          return moves.map((move) => (fails(move) ? fault : left.next().value!));
        }
      })();
      const { outcomes } = await aWorkerOf(TABLE, { backend, matcher }).handle(record);
      expect(outcomes).to.have.nested.property('[0].fault.message', 'no');
      expect(inShort((await aWorkerOf(TABLE, { backend }).handle(record)).outcomes)).to.deep.equal([
        'applied',
      ]);
      expect((await derivedBy(backend)).counts).to.deep.equal([['x', 1]]);
    });

  describe('given rows that a row derives beside itself', () => {
    const note = row(ANY, { when: { _et: 'note', derived_from: ['x', 'copy 1#PS'] } });
    const table = defineTable({
      keys,
      rows: { note },
      derive: {
        copy: rows(note, {
          of: ({ key, attributes }) => ({
            key: { PK: key.pk, SK: String(attributes['to']) },
            attributes: { _et: attributes['as'] },
          }),
        }),
      },
    });
    const problem =
      'the function of the derivation copy, called for the note row ["P","S"], returned a note row';

    for (const [title, sort, to, as, fails] of [
      ['of another kind', 'S', 'T', 'order', false],
      ['of its own kind', 'S', 'T', 'note', true],
      ['of its own kind by one attribute only', 'R', 'T', 'note', false],
      ['with its own key', 'S', 'S', 'order', true],
    ] as const)
      it(`${title}, then that is ${fails ? 'a loop' : 'right'}, also where it is proved`, async () => {
        const { handle, backend } = aWorkerOf(table);
        const source: TableRow = { PK: 'P', SK: sort, _et: 'note', derived_from: 'x', to, as };
        const { outcomes } = await handle(new SourceTable().put(source));
        if (fails) {
          expect(outcomes[0]).to.have.nested.property('fault.kind', 'configuration');
          expect(outcomes[0]).to.have.nested.property('fault.message').that.includes(problem);
        } else expect(inShort(outcomes)).to.deep.equal(['applied']);
        expect(await collect(backend.state.derivedRows())).to.have.lengthOf(fails ? 0 : 1);
        expect((await verify(backend.state, table)).drift).to.deep.equal([]);
      });
  });

  it('given an effect that fails for a row’s removal from its kind, then its later changes wait', async () => {
    const ran: string[] = [];
    let isDown = true;
    const table = defineTable({
      keys,
      rows: { team, plan },
      derive: {
        mails: effect(team, {
          attempts: 1,
          run: ({ operation }) => {
            if (operation === 'REMOVE' && isDown) throw new Error('down');
            ran.push(operation);
          },
        }),
        plans: documents(plan, { collection: 'plans', fields: ['name'] }),
      },
    });
    const source = new SourceTable();
    const records = [thing('team'), thing('plan'), thing('team'), thing('team', 'y')].map((one) =>
      source.put(one),
    );
    const { handle } = aWorkerOf(table);
    expect(inShort((await handle(...records)).outcomes)).to.deep.equal([
      'applied',
      'failed',
      'held back',
      'held back',
    ]);
    expect(ran).to.deep.equal(['INSERT']);
    isDown = false;
    await handle(...records);
    expect(ran).to.deep.equal(['INSERT', 'REMOVE', 'INSERT', 'MODIFY']);
  });
});
