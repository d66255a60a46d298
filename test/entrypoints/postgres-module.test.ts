import { expect } from 'chai';
import { DerivedRowRepository } from '../../src/application/ports/derived-row-repository.ts';
import { EffectLog } from '../../src/application/ports/effect-log.ts';
import { MatcherRepository } from '../../src/application/ports/matcher-repository.ts';
import { TableGenerations } from '../../src/application/ports/table-generations.ts';
import { compose } from '../../src/entrypoints/composition/container.ts';
import { systemModule } from '../../src/entrypoints/composition/system.module.ts';
import { OpenedLater } from '../../src/entrypoints/composition/opened-later.ts';
import { postgresModule } from '../../src/entrypoints/composition/postgres.module.ts';
import { aLink, aTuple, state } from '../contracts/matcher-repository/harness.ts';
import * as effects from '../contracts/effect-log/harness.ts';
import * as rows from '../contracts/derived-row-repository/harness.ts';
import { SERVER } from '../integration/postgres.ts';
import { describeUnless } from '../support/describe-unless.ts';
import { unique } from '../support/unique.ts';

describe('what is opened later', () => {
  it('is opened once for all, and closed where it was opened', async () => {
    const calls: string[] = [];
    const later = new OpenedLater(
      async () => calls.push('open'),
      async (opened) => calls.push(`close ${opened}`),
    );
    await later.close();
    expect(await Promise.all([later.get(), later.get()])).to.deep.equal([1, 1]);
    await later.close();
    expect(calls).to.deep.equal(['open', 'close 1']);
  });

  it('is opened again where that failed', async () => {
    let attempts = 0;
    const later = new OpenedLater(
      async () => {
        if (++attempts === 1) throw new Error('not yet');
        return attempts;
      },
      () => Promise.resolve(),
    );
    expect(await later.get().catch((error: unknown) => (error as Error).message)).to.equal('not yet');
    expect(await later.get()).to.equal(2);
  });
});

describeUnless(SERVER.missing, 'the module of PostgreSQL', () => {
  const schema = unique('contrail_test_0').replaceAll('-', '_');
  const containerOf = (url: string) => {
    const settings = { url, schema, prefix: '', connections: 2, hasQuarantine: false };
    return compose(
      postgresModule(settings),
      systemModule({ level: 'silent', stream: process.stderr, readable: false }),
    );
  };

  after(async () => {
    const { database } = await SERVER.shared();
    await database.query(`drop schema if exists ${schema} cascade`);
  });

  it('binds ports that open the database when they are first called', async () => {
    const container = containerOf(SERVER.url);
    const { database } = await SERVER.shared();
    const matcher = container.get(MatcherRepository);
    const derivedRows = container.get(DerivedRowRepository);
    const log = container.get(EffectLog);
    const generations = container.get(TableGenerations);
    expect(await database.query('select 1 from pg_namespace where nspname = $1', [schema])).to.deep.equal([]);

    const [link, row, order] = [aLink(), effects.aRow(), rows.anOrder()];
    expect(await matcher.apply([{ source: link, from: undefined, to: state('1', aTuple()) }])).to.deep.equal([
      'done',
    ]);
    expect((await matcher.load([link]))[0]).to.have.property('removed', false);
    expect(await log.advance([effects.move(row, effects.state(1))])).to.deep.equal(['done']);
    expect(await log.load([row])).to.deep.equal([effects.state(1)]);
    expect(await derivedRows.apply([rows.moveTo(order, undefined, 1, [rows.aRow()])])).to.deep.equal([
      'done',
    ]);
    expect((await derivedRows.load([order]))[0]).to.have.property('removed', false);
    expect(await generations.adopt('arn:aws:dynamodb:eu-central-1:1:table/t')).to.have.property(
      'generation',
      1,
    );
    expect(await generations.generationOf('arn:aws:dynamodb:eu-central-1:1:table/t')).to.have.property(
      'kind',
      'followed',
    );
    await container.unbindAllAsync();
  });

  it('fails a call, and no more, where the database is not there', async () => {
    const container = containerOf('postgres://app:hunter2@127.0.0.1:1/app');
    const failed = await container
      .get(MatcherRepository)
      .load([aLink()])
      .catch((error: unknown) => error);
    expect(failed).to.have.property('kind', 'transient');
    await container.unbindAllAsync();
  });
});
