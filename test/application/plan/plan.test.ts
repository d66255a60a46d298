import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { MemoryNotes } from '../../../src/adapters/memory/memory-notes.ts';
import { DerivationNotes } from '../../../src/application/plan/derivation-notes.ts';
import { Plan } from '../../../src/application/plan/plan.ts';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable, type TableDefinition } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { effect } from '../../../src/domain/definition/effect.ts';
import { row } from '../../../src/domain/definition/row.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { derivationsOf } from '../../../src/domain/plan/derivation-data.ts';

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' });
const search = (collection = 'orders') => documents(order, { collection, fields: ['status'] });
const tally = (as = 'count') => counts(order, { by: ['status'], at: { PK: 'S#<status>', SK: 'N' }, as });
const mail = effect(order, { run: () => undefined });

function shop(derive: Readonly<Record<string, unknown>>): TableDefinition {
  return defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive: derive as never });
}

/** A table of a hundred rows, and what is noted of earlier backfills of it. */
class PlannedWorld {
  readonly notes = new MemoryNotes();
  readonly derivations = new DerivationNotes(this.notes, (text) =>
    createHash('sha256').update(text).digest('hex'),
  );

  async filled({ model }: TableDefinition): Promise<void> {
    await this.derivations.save(model.keys, derivationsOf(model), 1_000);
  }

  async plan({ model }: TableDefinition) {
    const scan = { size: async () => ({ rows: 100, scanUnits: 30, readUnitsPerSecond: undefined }) };
    return new Plan({ model, scan, derivations: this.derivations }).execute();
  }

  async statuses(definition: TableDefinition) {
    const { derivations, isNothingToDo } = await this.plan(definition);
    return [...derivations.map(({ name, status }) => `${name} ${status}`), isNothingToDo];
  }
}

describe('Plan', () => {
  it('given that nothing was ever filled, then all is new but effects that run for changes alone', async () => {
    const world = new PlannedWorld();
    const { derivations } = await world.plan(shop({ tally: tally(), search: search(), mail }));
    expect(derivations.map(({ name, status, work }) => [name, status, work])).to.deep.equal([
      ['mail', 'on changes', undefined],
      ['search', 'new', { reads: 200, writes: 100, messages: 100 }],
      ['tally', 'new', { reads: 100, writes: 400, messages: 0 }],
    ]);
  });

  it('given that all was filled, then nothing is to be done', async () => {
    const world = new PlannedWorld();
    await world.filled(shop({ tally: tally(), search: search(), mail }));
    expect(await world.statuses(shop({ search: search(), tally: tally(), mail }))).to.deep.equal([
      'mail on changes',
      'search filled',
      'tally filled',
      true,
    ]);
  });

  it('given another definition, then says what has changed and what is gone, effects too', async () => {
    const world = new PlannedWorld();
    await world.filled(shop({ tally: tally(), search: search(), mail }));
    expect(await world.statuses(shop({ tally: tally('orders'), find: search() }))).to.deep.equal([
      'find new',
      'mail gone',
      'search gone',
      'tally changed',
      false,
    ]);
  });

  it('given another collection under the same name, then says that the old one stays', async () => {
    const world = new PlannedWorld();
    await world.filled(shop({ search: search(), tally: tally() }));
    const { derivations } = await world.plan(shop({ search: search('sales'), tally: tally('orders') }));
    expect(derivations.map(({ name, status, was }) => [name, status, was])).to.deep.equal([
      ['search', 'changed', 'documents'],
      ['tally', 'changed', undefined],
    ]);
  });

  it('given that one is forgotten, then it is gone for good', async () => {
    const world = new PlannedWorld();
    await world.filled(shop({ tally: tally(), search: search() }));
    await world.derivations.forget('search');
    expect(await world.statuses(shop({ tally: tally() }))).to.deep.equal(['tally filled', true]);
  });

  it('given others who note at the same time, then what is noted last holds', async () => {
    const world = new PlannedWorld();
    const save = world.notes.save.bind(world.notes);
    let others = 3;
    world.notes.save = async (...given) => {
      if (others-- > 0) await save('derivations', [{ name: 'tally', after: 2 - others, text: '{}' }]);
      return save(...given);
    };
    await world.filled(shop({ tally: tally() }));
    expect(await world.statuses(shop({ tally: tally() }))).to.deep.equal(['tally filled', true]);
  });

  it('given what a later version has noted, then says so', async () => {
    const world = new PlannedWorld();
    await world.notes.save('derivations', [{ name: 'tally', after: 0, text: '{"form":2}' }]);
    const error = await world.plan(shop({ tally: tally() })).catch((reason: unknown) => reason);
    expect(Fault.is(error) && error.kind).to.equal('configuration');
    expect(String(error)).to.match(/tally cannot be read: a later version/);
  });
});
