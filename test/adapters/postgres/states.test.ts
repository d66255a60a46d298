import { expect } from 'chai';
import { PostgresMatcherRepository } from '../../../src/adapters/postgres/matcher/postgres-matcher-repository.ts';
import { purgeExpired } from '../../../src/adapters/postgres/purge-expired.ts';
import { aLink, aTuple, state } from '../../contracts/matcher-repository/harness.ts';
import { SERVER, type TestDatabase } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';
import { range } from '../../support/range.ts';

describeUnless(SERVER.missing, 'states and counts in PostgreSQL', () => {
  let own: TestDatabase & { readonly close: () => Promise<unknown> };
  let matcher: PostgresMatcherRepository;

  before(async () => {
    own = await SERVER.own();
    matcher = new PostgresMatcherRepository(own.database, own.names);
  });

  after(() => own.close());

  it('forget rows that were removed a month ago, and no others', async () => {
    const { database, names } = own;
    const [gone, lately, there] = [aLink(), aLink(), aLink()];
    await matcher.apply([
      { source: gone, from: undefined, to: state('1', undefined, true) },
      { source: lately, from: undefined, to: state('1', undefined, true) },
      { source: there, from: undefined, to: state('1', undefined) },
    ]);
    expect(await purgeExpired(database, names)).to.equal(0);
    const [, serial] = [gone.row.parts[0], gone.row.parts[1] ?? ''];
    await database.query(
      `update ${names.states} set expires_at = expires_at - interval '30 days 1 second' where position($1 in sort) > 0`,
      [serial],
    );
    expect(await purgeExpired(database, names)).to.equal(1);
    expect((await matcher.load([gone, lately, there])).map((one) => one === undefined)).to.deep.equal([
      true,
      false,
      false,
    ]);
  });

  it('are moved by one statement, however many, and two where counts go away', async () => {
    const { database, names } = own;
    let statements = 0;
    const counting = new PostgresMatcherRepository(
      {
        name: database.name,
        query: (text, values, signal) => {
          statements++;
          return database.query(text, values, signal);
        },
        transaction: () => Promise.reject(new Error('no transaction is needed')),
        listen: () => Promise.reject(new Error('nobody waits')),
        close: () => Promise.resolve(),
      },
      names,
    );
    const [old, next] = [aTuple(), aTuple()];
    const links = range(500).map(() => aLink());
    await counting.apply(links.map((source) => ({ source, from: undefined, to: state('1', old) })));
    expect(statements).to.equal(1);
    await counting.load(links);
    expect(statements).to.equal(2);
    await counting.apply(links.map((source) => ({ source, from: state('1', old), to: state('2', next) })));
    expect(statements).to.equal(4);
    const found = await database.query(
      `select tuple->>'model' as model, count::text, rows::text from ${names.counts}`,
    );
    expect(found).to.deep.equal([{ model: next['model'], count: '500', rows: '500' }]);
  });

  it('that somebody else has changed by hand are said to be so, and the others are moved', async () => {
    const { database, names } = own;
    const [tuple, other] = [aTuple(), aTuple()];
    const [a, b] = [aLink(), aLink()];
    await matcher.apply([
      { source: a, from: undefined, to: state('1', tuple) },
      { source: b, from: undefined, to: state('1', other) },
    ]);
    await database.query(`delete from ${names.counts} where tuple->>'model' = $1`, [tuple['model']]);
    const [one, two] = await matcher.apply([
      { source: a, from: state('1', tuple), to: state('2', undefined) },
      { source: b, from: state('1', other), to: state('2', undefined) },
    ]);
    expect(one).to.have.property('kind', 'configuration');
    expect(one).to.have.property('reason', 'counts are written by something other than Contrail');
    expect(two).to.equal('done');
  });
});
