import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { expect } from 'chai';
import type { Database } from '../../../src/adapters/postgres/client/database.ts';
import { sqlStateOf } from '../../../src/adapters/postgres/client/database-fault.ts';
import { redact } from '../../../src/adapters/postgres/client/translate-error.ts';
import { WinstonLogger } from '../../../src/adapters/winston/winston-logger.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { PGLITE, SERVER } from '../../integration/postgres.ts';
import { describeUnless } from '../../support/describe-unless.ts';

/** What nobody may read in a log: with signs at which a message might be cut. */
const VALUE = 'Ann "A: Smith';

/** Statements that fail for what they hold, and what may be said of them. */
const FAILING: Readonly<Record<string, readonly [code: string, words: RegExp, text: string]>> = {
  'a key that is there': [
    '23505',
    /duplicate key value violates unique constraint "people_pkey"/,
    `insert into T values ($1)`,
  ],
  'a row that fails a check': [
    '23514',
    /violates check constraint "no_smiths"/,
    `insert into T values ($1 || '.')`,
  ],
  'a column that must be set': [
    '23502',
    /null value in column "name"/,
    `update T set note = $1, name = null`,
  ],
  'a text that is no number': ['22P02', /invalid input syntax for type integer/, `select $1::text::integer`],
  'a text that is no JSON': ['22P02', /invalid input syntax for type json/, `select $1::text::json`],
  'a text that is no time': [
    '22007',
    /invalid input syntax for type timestamp/,
    `select $1::text::timestamp`,
  ],
  'a text that is no expression': ['2201B', /invalid regular expression/, `select 'a' ~ ($1::text || '(')`],
  'a function that raises': ['P0001', /an error with a message of its own/, `select F($1)`],
};

for (const kind of [PGLITE, SERVER])
  describeUnless(kind.missing, `failures of ${kind.name} in a log`, () => {
    let database: Database;
    let close: () => Promise<unknown>;
    let inSchema: (text: string) => string;

    before(async () => {
      const own = await kind.own();
      ({ database, close } = own);
      inSchema = (text) =>
        text.replace(/\bT\b/, `${own.names.schema}.people`).replace(/\bF\b/, `${own.names.schema}.raise`);
      await database.query(
        inSchema(
          `create table T (name text primary key, note text, constraint no_smiths check (name not like '%Smith.'))`,
        ),
      );
      await database.query(inSchema(`insert into T values ($1)`), [VALUE]);
      await database.query(
        inSchema(`create function F(who text) returns integer language plpgsql as $$
begin raise exception 'not %', who using detail = who, hint = who; end $$`),
      );
    });

    after(() => close());

    /** All that anybody might see of it. */
    function seen(fault: Fault): string {
      const lines: string[] = [];
      const stream = new Writable({
        write: (chunk: Buffer, _, done) => {
          lines.push(chunk.toString());
          done();
        },
      });
      const log = new WinstonLogger({ level: 'info', stream, readable: false });
      log.log('error', 'failed', { error: fault, reason: fault.reason });
      expect(lines).to.have.length(1);
      return lines.join() + inspect(fault, { depth: 9, showHidden: true });
    }

    for (const [what, [code, words, text]] of Object.entries(FAILING))
      it(`say code and class, and no value: ${what}`, async () => {
        const fault = await database.query(inSchema(text), [VALUE]).catch((error: unknown) => error as Fault);
        if (!Fault.is(fault)) throw new Error('it did not fail');
        expect(sqlStateOf(fault)).to.equal(code);
        expect(fault.message).to.match(words).and.to.contain(`(${code})`);
        expect(fault.cause).to.have.property('code', code);
        const all = seen(fault);
        expect(all).to.match(words);
        for (const part of ['Ann', 'Smith']) expect(all).not.to.contain(part);
      });

    it('cite no statement that a user has written with values in it', async () => {
      const fault = await database.query(`select 'x' 'Smith' from`).catch((error: unknown) => error as Fault);
      if (!Fault.is(fault)) throw new Error('it did not fail');
      expect(sqlStateOf(fault)).to.equal('42601');
      expect(seen(fault))
        .to.match(/syntax error at or near/)
        .and.not.to.contain('Smith');
    });
  });

describe('a text with a password', () => {
  for (const text of [
    'postgres://app:SECRET@db/app',
    'postgres://app:SEC@RET@db/app',
    'postgres://app:SEC/RET@db/app',
    'postgres://app:SEC/R@ET@db/app?x=1',
    'cannot reach postgres://app:S:E/C#RET?@db/app, or so',
    'password=SECRET host=db',
    `password='SEC RET' host=db`,
    '{"password": "SEC RET"}',
    '?user=app&password=SECRET&sslmode=require',
  ])
    it(`is shown without it: ${text}`, () => {
      const shown = redact(text);
      for (const part of ['SEC', 'RET', 'E/C']) expect(shown).not.to.contain(part);
      expect(shown).to.contain('[redacted]');
      if (text.includes('@db')) expect(shown).to.contain('@db/app');
    });
});
