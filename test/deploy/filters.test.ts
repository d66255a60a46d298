import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { withFilters } from '../../deploy/template-sections.ts';
import { toDelivery } from '../../src/adapters/dynamodb-stream/to-delivery.ts';
import { commandsOf } from '../../src/domain/command.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { KeyTemplate } from '../../src/domain/definition/key-template.ts';
import { row } from '../../src/domain/definition/row.ts';
import { filtersOf, MAX_FILTERS } from '../../src/entrypoints/deployment/filters.ts';
import { generateRecords } from '../../src/fleet/feed/generate.ts';
import { fleet } from '../../src/fleet/definition.ts';
import {
  defaultRow,
  faaRow,
  icaoVariantRow,
  imageRow,
  linkRow,
  matcherTupleRow,
  strangeRow,
  streamRecord,
  type TableRow,
} from '../support/stream-records.ts';
import { entity, rowModel } from '../support/factories.ts';
import { passes } from './support/lambda-filter.ts';
import { resolve } from './support/resolve.ts';
import { readTemplate, TEMPLATE_FILE } from './support/template.ts';

const FEED = { seed: 7, records: 20_000 };

/** The filters as they are deployed. */
function deployedPatterns(): readonly string[] {
  const { resources } = resolve(readTemplate(), { NewTableName: 'aircraft' });
  const { Filters } = resources['StreamMapping']!.Properties['FilterCriteria'] as unknown as {
    readonly Filters: readonly { readonly Pattern: string }[];
  };
  return Filters.map(({ Pattern }) => Pattern);
}

/** Whether the worker has something to do for a record, or something to say of it. */
function isNeeded(record: unknown): boolean {
  const delivery = toDelivery(record, fleet.model);
  return (
    delivery.kind === 'undecodable' || (delivery.kind === 'change' && commandsOf(delivery.change).length > 0)
  );
}

describe("the event source's filters", () => {
  const patterns = deployedPatterns();
  const { rows, keys } = fleet.model;

  it('given the row models, then the template has exactly the filters that are made from them', () => {
    const template = readFileSync(TEMPLATE_FILE, 'utf8');
    expect(withFilters(template, filtersOf(fleet.model).filters), 'run: npm run generate:filters').to.equal(
      template,
    );
  });

  it('given a feed, then every record that asks for anything passes, and no other one', () => {
    let needed = 0;
    let irrelevant = 0;
    let heldBack = 0;
    for (const record of generateRecords(FEED)) {
      const passed = passes(patterns, record);
      if (isNeeded(record)) {
        needed++;
        expect(passed, JSON.stringify(record.dynamodb?.Keys)).to.equal(true);
      } else {
        irrelevant++;
        if (!passed) heldBack++;
      }
    }
    console.log(
      `      of ${FEED.records} records ${needed} are needed; of the other ${irrelevant}, ${heldBack} are held back`,
    );
    expect(needed).to.be.greaterThan(FEED.records / 2);
    expect(irrelevant).to.be.greaterThan(FEED.records / 100);
    expect(heldBack).to.equal(irrelevant);
  });

  const needed: readonly TableRow[] = [
    faaRow('N1'),
    imageRow(entity({ orgId: 'ACME', entityType: 'ICAO' }), '01A'),
    linkRow('1', '2'),
    // Keys that begin like a needed row's and are none: the worker must say so.
    { PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'DETAIL#' },
    { PK: 'IMAGES#ORG#A', SK: 'IMG#1' },
    { PK: 'FAA#LINKS', SK: 'MFR_MDL_CODE#1' },
  ];
  for (const row of needed)
    for (const [operation, record] of [
      ['inserted', streamRecord({ after: row })],
      ['changed', streamRecord({ before: row, after: row })],
      ['removed', streamRecord({ before: row })],
    ] as const)
      it(`given ${row.PK} / ${row.SK} ${operation}, then it passes`, () => {
        expect(passes(patterns, record)).to.equal(true);
        expect(isNeeded(record)).to.equal(true);
      });

  const irrelevant: readonly TableRow[] = [
    defaultRow(entity()),
    matcherTupleRow('CESSNA', '172S', 'C172', 3),
    icaoVariantRow('C172'),
    strangeRow('1'),
    { PK: 'AIRCRAFT#REGISTRY#FAA', SK: 'SUMMARY' },
    { PK: 'ICAO#AIRCRAFT', SK: 'MFR#1' },
    { PK: 'AIRCRAFT#REGISTRY#FAAX', SK: 'DETAIL#1' },
  ];
  for (const row of irrelevant)
    it(`given ${row.PK} / ${row.SK}, then it is held back`, () => {
      const record = streamRecord({ after: row });
      expect(passes(patterns, record)).to.equal(false);
      expect(isNeeded(record)).to.equal(false);
    });

  it('given more kinds of rows than a mapping has filters, then some share one, and no needed row is held back', () => {
    const more = ['A', 'B'].map((name) => ({
      ...rowModel('faa-registration'),
      name,
      partition: new KeyTemplate(name),
      sort: new KeyTemplate(`${name}#<registration>`),
    }));
    const filters = filtersOf({ rows: [...rows, ...more], keys }).filters.map((filter) =>
      JSON.stringify(filter),
    );
    expect(filters).to.have.lengthOf(MAX_FILTERS);
    const moreRows = ['A', 'B'].map((name) => ({ PK: name, SK: `${name}#1` }));
    for (const row of [...needed, ...moreRows])
      expect(passes(filters, streamRecord({ after: row }))).to.equal(true);
    for (const row of irrelevant) expect(passes(filters, streamRecord({ after: row }))).to.equal(false);
  });

  it('given a table with other keys, then the filters are of those', () => {
    const order = row({ id: 'ORDER#<order>' });
    const user = row({ id: 'USER#<user>' });
    const audit = row({ id: 'AUDIT' }, { derives: 'nothing' });
    const { model } = defineTable({
      keys: { partition: 'id' },
      rows: { order, user, audit },
      derive: {
        orders: documents(order, { collection: 'orders', fields: ['total'] }),
        users: documents(user, { collection: 'users', fields: ['name'] }),
      },
    });
    expect(filtersOf(model).filters).to.deep.equal([
      { dynamodb: { Keys: { id: { S: [{ prefix: 'ORDER#' }, { prefix: 'USER#' }] } } } },
    ]);
  });

  it('given a template without the place for filters, then generating fails', () => {
    expect(() => withFilters('Resources:\n', [])).to.throw(/filters:begin/);
  });
});

describe("the evaluator of Lambda's filter rules", () => {
  const record = { eventName: 'INSERT', dynamodb: { Keys: { PK: { S: 'A#1' } }, SizeBytes: 5 } };
  const cases: readonly (readonly [pattern: unknown, expected: boolean])[] = [
    [{ eventName: ['INSERT'] }, true],
    [{ eventName: ['MODIFY', 'INSERT'] }, true],
    [{ eventName: ['insert'] }, false],
    [{ eventName: [{ 'equals-ignore-case': 'insert' }] }, true],
    [{ eventName: ['INSERT'], dynamodb: { Keys: { PK: { S: [{ prefix: 'B' }] } } } }, false],
    [{ dynamodb: { Keys: { PK: { S: [{ prefix: 'A#' }] } } } }, true],
    [{ dynamodb: { Keys: { PK: { S: [{ suffix: '#1' }] } } } }, true],
    [{ dynamodb: { Keys: { PK: { S: [{ suffix: '#2' }] } } } }, false],
    [{ dynamodb: { Keys: { PK: { S: [{ 'anything-but': ['A#1'] }] } } } }, false],
    [{ dynamodb: { Keys: { PK: { S: [{ 'anything-but': ['A#2'] }] } } } }, true],
    [{ dynamodb: { Keys: { SK: { S: [{ 'anything-but': ['A#2'] }] } } } }, false],
    [{ dynamodb: { Keys: { SK: { S: [{ exists: false }] } } } }, true],
    [{ dynamodb: { Keys: { PK: { S: [{ exists: true }] } } } }, true],
    [{ dynamodb: { Keys: { PK: [{ exists: true }] } } }, false],
    [{ dynamodb: { SizeBytes: [5] } }, true],
    [{ dynamodb: { SizeBytes: ['5'] } }, false],
  ];
  for (const [pattern, expected] of cases)
    it(`given ${JSON.stringify(pattern)}, then it ${expected ? 'passes' : 'does not'}`, () => {
      expect(passes([JSON.stringify(pattern)], record)).to.equal(expected);
    });

  it('given several filters, then one of them is enough', () => {
    const [no, yes] = [{ eventName: ['MODIFY'] }, { eventName: ['INSERT'] }].map((p) => JSON.stringify(p));
    expect(passes([no!, yes!], record)).to.equal(true);
    expect(passes([], record)).to.equal(true);
  });

  it('given a rule that Lambda does not take, then it throws', () => {
    for (const pattern of [{ eventName: 'INSERT' }, { eventName: [] }, { eventName: [{ like: 'x' }] }])
      expect(() => passes([JSON.stringify(pattern)], record)).to.throw();
  });
});
