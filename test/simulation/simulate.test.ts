import { expect } from 'chai';
import { counts, defineTable, documents, effect, row, rows, type TableDefinition } from '../../src/index.ts';
import { simulate, SimulationError, type SimulateOptions } from '../../src/testing.ts';

interface Order {
  readonly status: string;
  readonly total: number;
}

const order = row({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }).with<Order>();
const ROWS = {
  order: [
    { status: 'paid', total: 2 },
    { status: 'draft', total: 3 },
  ],
};

function table(derive: TableDefinition['spec']['derive']): TableDefinition {
  return defineTable({ keys: { partition: 'PK', sort: 'SK' }, rows: { order }, derive });
}

/** What a simulation says that must not hold. */
async function reportOf(
  definition: TableDefinition,
  options: SimulateOptions = {},
): Promise<SimulationError> {
  try {
    await simulate(definition, { seeds: 20, rows: ROWS, ...options });
  } catch (error) {
    if (error instanceof SimulationError) return error;
    throw error;
  }
  return expect.fail('everything held');
}

describe("the simulation of a user's definition", function () {
  this.timeout(120_000);

  it('given one that is right, then everything holds, and it says what happened', async () => {
    const seen: number[] = [];
    const { seeds, records, happened } = await simulate(
      table({
        search: documents(order, { collection: 'orders', fields: ['status', 'total'] }),
        spent: counts(order, {
          by: ({ key }) => ({ customer: key.customer }),
          amount: 'total',
          at: { PK: 'CUSTOMER#<customer>', SK: 'SPENT' },
        }),
      }),
      { seeds: 20, rows: ROWS, onProgress: (progress) => seen.push(progress.seeds) },
    );
    expect(seeds).to.equal(20);
    expect(records).to.be.above(100);
    expect(happened['event: crash']).to.be.above(0);
    expect(seen).to.deep.equal(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('given a function that depends on more than its row, then it is named, and the row', async () => {
    let calls = 0;
    const fields = () => ({ calls: ++calls });
    const { message, seed } = await reportOf(
      table({ search: documents(order, { collection: 'orders', fields }) }),
    );
    expect(message).to.match(/fields of the derivation search is not pure.*order .*CUSTOMER#/s);
    expect(seed).to.equal(undefined);
  });

  it('given a function that remembers the rows before, then it is named', async () => {
    let last: unknown;
    const by = ({ attributes }: { readonly attributes: Order }) => {
      const tuple = { status: `${attributes.status}${String(last)}` };
      last = attributes.status;
      return tuple;
    };
    const spec = { by, at: { PK: 'COUNT', SK: '<status>' } } as const;
    expect((await reportOf(table({ by_status: counts(order, spec) }))).message).to.include(
      'by of the derivation by_status is not pure',
    );
  });

  it('given two rows that have one document, then both are named', async () => {
    const one = documents(order, { collection: 'orders', id: ['order'], fields: ['status'] });
    const { message } = await reportOf(table({ search: one }));
    expect(message).to.match(/the derivation search gives two rows the same document orders\//);
    expect(message.match(/CUSTOMER#/g)).to.have.length.above(1);
    expect(message).to.include('or say with unique which parts no two rows share');
  });

  it('given parts that no two rows share, then what goes by them alone is no mistake', async () => {
    const search = documents(order, { collection: 'orders', id: ['order'], fields: ['status'] });
    const audit = rows(order, { of: ({ key }) => ({ table: 'audit', key: { id: key.order } }) });
    const { records } = await simulate(table({ search, audit }), { seeds: 10, unique: { order: ['order'] } });
    expect(records).to.be.above(50);
  });

  for (const [unique, problem] of [
    [{ ordr: ['order'] }, 'unique: ordr is no kind of row; there are order'],
    [{ order: ['ordr'] }, 'unique: order: ordr is no part of its key; there are customer, order'],
  ] as const)
    it(`given ${JSON.stringify(unique)}, which there is none of, then it says so`, async () => {
      const search = documents(order, { collection: 'orders', fields: ['status'] });
      const failure = await simulate(table({ search }), { seeds: 1, unique }).catch(
        (error: unknown) => error as Error,
      );
      expect(failure).to.have.property('message', problem);
    });

  it('given two rows that give one derived row, then both are named', async () => {
    const audit = rows(order, { of: ({ key }) => ({ table: 'audit', key: { id: key.order } }) });
    expect((await reportOf(table({ audit }))).message).to.match(
      /the derivation audit gives two rows the same derived row audit .*has one source/s,
    );
  });

  it('given a function that asks for no attribute, then rows whose numbers it could not be given are no mistake', async () => {
    const of = ({ key }: { readonly key: Readonly<Record<string, string>> }) => ({ table: 'audit', key });
    const { records } = await simulate(table({ audit: rows(order, { of }) }), { seeds: 10 });
    expect(records).to.be.above(50);
  });

  it('given a function that throws for a sample, then it is said of which', async () => {
    const fields = ({ attributes }: { readonly attributes: Order }) => {
      if (attributes.status === 'draft') throw new Error('no drafts, please');
      return {};
    };
    const definition = table({ search: documents(order, { collection: 'orders', fields }) });
    const failure = simulate(definition, { rows: ROWS }).then(
      () => '',
      (error: unknown) => String(error),
    );
    expect(await failure).to.match(/sample 2.*no drafts, please/s);
  });

  describe('given an effect and what it has done,', () => {
    const given = new Map<string, number>();
    const options = {
      snapshot: () => Object.fromEntries(given),
      reset: () => {
        given.clear();
      },
    };

    it('when a repeat of it does nothing more, then everything holds', async () => {
      const run = ({ id }: { readonly id: string }) => {
        given.set(id, 1);
      };
      const { happened } = await simulate(table({ badges: effect(order, { run }) }), {
        seeds: 20,
        rows: ROWS,
        ...options,
      });
      expect(happened['effect run']).to.be.above(20);
    });

    it('when a repeat of it does something again, then it is named, with what leads there', async () => {
      const run = ({ key }: { readonly key: { readonly customer: string } }) => {
        given.set(key.customer, (given.get(key.customer) ?? 0) + 1);
      };
      const { message, invariant, seed } = await reportOf(table({ badges: effect(order, { run }) }), options);
      expect(invariant).to.equal('an effect may be repeated');
      expect(message).to.match(
        /badges, called once more for #\d+ \(CUSTOMER#.*which come to:.*again: simulate\(/s,
      );
      expect(seed).to.be.above(0);
    });

    it('when it throws whenever it is called for a change, then it is named', async () => {
      const run = () => {
        throw new Error('no badges today');
      };
      const { message } = await reportOf(table({ badges: effect(order, { run }) }), options);
      expect(message).to.match(/an effect succeeds in the end: badges has thrown .*no badges today/);
    });

    it('when it awaits what takes real time, then the world waits', async () => {
      const run = async ({ id }: { readonly id: string }) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        given.set(id, 1);
      };
      await simulate(table({ badges: effect(order, { run }) }), { seeds: 3, rows: ROWS, ...options });
    });
  });

  it('does not call the code of effects unless it is told what that has done', async () => {
    let calls = 0;
    const run = () => {
      calls++;
    };
    const badges = effect(order, { run });
    const { happened } = await simulate(table({ badges }), { seeds: 5, rows: ROWS });
    expect(happened['effect run']).to.be.above(0);
    expect(calls).to.equal(0);
  });
});
