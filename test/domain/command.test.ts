import { expect } from 'chai';
import type { Change, Operation, Side } from '../../src/domain/change.ts';
import { type Command, commandsOf, ignoringOldImage } from '../../src/domain/command.ts';
import type { Tuple } from '../../src/domain/count.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { row as rowKind, type RowOptions } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import type { Row } from '../../src/domain/row.ts';
import { type Attributes, type Value, ValueSet } from '../../src/domain/value.ts';
import {
  attributes,
  change,
  decimal,
  entity,
  faultOf,
  row,
  tuple,
  TUPLE_COUNTS,
} from '../support/factories.ts';

const ROWS: Readonly<Record<string, Row>> = {
  'an FAA registration': row.registration(),
  'a foreign registration': row.registration('D-EABC', 'FOREIGN'),
  'an ICAO type': row.icaoType(),
  'an ICAO manufacturer': row.icaoManufacturer(),
  'an indexed image': row.image(),
  "another organisation's image": row.image('01A', { orgId: 'ACME' }),
  'an image of an ICAO type': row.image('01A', { entityType: 'ICAO' }),
  'a link': row.link(),
  'a default row': row.defaultImage(),
  'an ICAO variant': row.icaoVariant(),
  'a tuple row': row.matcherTuple(),
};

type Does = Command['does'];

/** What a change of each kind of row asks for. */
const ASKED: Readonly<Record<keyof typeof ROWS, readonly Does[]>> = {
  'an FAA registration': ['search'],
  'a foreign registration': ['search'],
  'an ICAO type': ['search'],
  'an ICAO manufacturer': ['search'],
  'an indexed image': ['pointer', 'search'],
  "another organisation's image": ['pointer'],
  'an image of an ICAO type': ['pointer'],
  'a link': ['count'],
  'a default row': [],
  'an ICAO variant': [],
  'a tuple row': [],
};

/** Which images a stream of each view type carries. */
const CARRIED: Readonly<Record<string, { readonly before: boolean; readonly after: boolean }>> = {
  KEYS_ONLY: { before: false, after: false },
  NEW_IMAGE: { before: false, after: true },
  OLD_IMAGE: { before: true, after: false },
  NEW_AND_OLD_IMAGES: { before: true, after: true },
};

/** The view types that are enough for what each kind of row asks for. */
const ENOUGH: Readonly<Record<Does, readonly string[]>> = {
  search: ['NEW_AND_OLD_IMAGES'],
  count: ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'],
  pointer: Object.keys(CARRIED),
  rows: ['NEW_IMAGE', 'NEW_AND_OLD_IMAGES'],
  effect: Object.keys(CARRIED),
};

/** A change as a stream of a view type tells it. */
function seenThrough(viewType: string, changed: Row, operation: Operation): Change {
  const side = (exists: boolean, carried: boolean): Side =>
    !exists ? 'absent' : carried ? attributes() : 'withheld';
  return change({
    row: changed,
    operation,
    viewType,
    before: side(operation !== 'INSERT', CARRIED[viewType]!.before),
    after: side(operation !== 'REMOVE', CARRIED[viewType]!.after),
  });
}

/** The one command of its kind that a change asks for; undefined where it asks for none. */
function one<D extends Does>(does: D, of: readonly Command[]): Extract<Command, { does: D }> | undefined {
  const found = of.filter((command): command is Extract<Command, { does: D }> => command.does === does);
  expect(found.length).to.be.at.most(1);
  return found[0];
}

/** What commands do, in their order. */
function doing(commands: readonly Command[]): readonly Does[] {
  return commands.map(({ does }) => does);
}

/** Attributes that may not be read. */
const untouchable: Attributes = {
  get: () => {
    throw new Error('was decoded');
  },
  all: () => {
    throw new Error('was decoded');
  },
  equals: () => {
    throw new Error('was decoded');
  },
};

describe('ignoringOldImage', () => {
  const same = attributes({ registration: 'N1' });
  const asked = (seen: Change) => ignoringOldImage(seen, commandsOf(seen));

  it('given a change that touches nothing of a document, then it asks for the document', () => {
    const seen = change({ row: row.registration(), before: same, after: same, operation: 'MODIFY' });
    expect(one('search', commandsOf(seen))!.decision).to.deep.equal({ action: 'none' });
    const search = one('search', asked(seen));
    expect(search!.change).to.equal(seen);
    expect(search!.key).to.deep.equal(one('search', commandsOf(seen))!.key);
    expect(search!.decision).to.have.nested.property('document.registration', 'N1');
  });

  it('given any other change, then it asks for what it asks for anyway', () => {
    for (const seen of [
      change({ row: row.registration(), before: 'absent', after: same, operation: 'INSERT' }),
      change({ row: row.registration(), before: same, after: 'absent', operation: 'REMOVE' }),
      change({ row: row.link(), before: same, after: same, operation: 'MODIFY' }),
      change({ row: row.image('01A', { orgId: 'ACME' }), before: same, after: same, operation: 'MODIFY' }),
    ])
      expect(asked(seen)).to.deep.equal(commandsOf(seen));
  });
});

describe('commandsOf orders', () => {
  /** An order of a table of which this is derived. */
  function order(derive: (kind: never) => unknown, options: RowOptions = {}): Row {
    const kind = rowKind({ PK: 'CUSTOMER#<customer>', SK: 'ORDER#<order>' }, options as object);
    const { model } = defineTable({
      keys: { partition: 'PK', sort: 'SK' },
      rows: { order: kind },
      derive: { derived: derive(kind as never) as never },
    });
    return { model: model.rows[0]!, parts: ['ann', '1'] };
  }

  const of = () => ({ key: { PK: 'COPIES', SK: 'a' } });
  const open = attributes({ status: 'open' });
  const INSERTED = { after: open } as const;
  const MODIFIED = { before: open, after: open } as const;
  const REMOVED = { before: open } as const;

  it('given derived rows, then they are asked for after every change, and none of a row that is gone', () => {
    const changed = order((kind) => rows(kind, { of }));
    for (const [sides, count] of [
      [INSERTED, 1],
      [MODIFIED, 1],
      [REMOVED, 0],
    ] as const) {
      const command = one('rows', commandsOf(change({ row: changed, ...sides })));
      expect(command?.model).to.equal(changed.model.derivedRows[0]);
      expect(command?.put).to.have.lengthOf(count);
    }
  });

  it('given derived rows of some operations, then the others ask for nothing', () => {
    const changed = order((kind) => rows(kind, { of, on: ['INSERT', 'REMOVE'] }));
    const asked = [INSERTED, MODIFIED, REMOVED].map((sides) =>
      doing(commandsOf(change({ row: changed, ...sides }))),
    );
    expect(asked).to.deep.equal([['rows'], [], ['rows']]);
  });

  describe('with a schema', () => {
    const schema: NonNullable<RowOptions['schema']> = {
      '~standard': {
        version: 1,
        vendor: 'test',
        validate: (value) =>
          (value as { status?: unknown }).status === 'open'
            ? { value }
            : { issues: [{ message: 'not open' }] },
      },
    };
    const changed = order((kind) => documents(kind, { collection: 'orders', fields: ['status'] as never }), {
      schema,
    });
    const asked = (before: Side, after: Side) => commandsOf(change({ row: changed, before, after }));

    it('given a row that does not fit, then it is poison, though no function asks for its attributes', () => {
      expect(faultOf(() => asked('absent', attributes({ status: 'lost' })))).to.include({
        kind: 'permanent',
        reason: 'the order row does not fit its schema',
      });
    });

    it('given a row that fits, or that is gone, then what it was before does not matter', () => {
      const lost = attributes({ status: 'lost' });
      expect(one('search', asked(lost, open))?.decision).to.have.property('action', 'upsert');
      expect(one('search', asked(lost, 'absent'))?.decision).to.deep.equal({ action: 'delete' });
    });
  });

  it('given a row that has no document, before and after, when the old image is not to be trusted, then what may be there goes', () => {
    const where = ({ attributes: all }: { attributes: Record<string, unknown> }) => all['status'] === 'paid';
    const changed = order((kind) => documents(kind, { collection: 'orders', fields: [], where }));
    const asked = change({ row: changed, ...MODIFIED });
    const commands = commandsOf(asked);
    expect(one('search', commands)?.decision).to.deep.equal({ action: 'none' });
    expect(one('search', ignoringOldImage(asked, commands))?.decision).to.deep.equal({ action: 'delete' });
  });
});

describe('commandsOf', () => {
  for (const [name, changed] of Object.entries(ROWS))
    for (const viewType of Object.keys(CARRIED))
      for (const operation of ['INSERT', 'MODIFY', 'REMOVE'] as const) {
        const asked = ASKED[name]!;
        const lacking = asked.find((subsystem) => !ENOUGH[subsystem].includes(viewType));
        const given = `given a ${viewType} stream, when ${name} sees ${operation}`;
        if (lacking === undefined)
          it(`${given}, then it asks for ${asked.join(' and ') || 'nothing'}`, () => {
            const seen = seenThrough(viewType, changed, operation);
            const commands = commandsOf(seen);
            expect(doing(commands)).to.deep.equal(asked);
            for (const command of commands) expect(command).to.have.property('change', seen);
          });
        else
          it(`${given}, then it is a configuration error that names the view type to set`, () => {
            const derivation =
              (lacking === 'search' ? changed.model.documents : changed.model.counts)[0]?.name ?? '';
            expect(faultOf(() => commandsOf(seenThrough(viewType, changed, operation)))).to.include({
              kind: 'configuration',
              message:
                `the stream's view type is ${viewType}, but the derivation ${derivation} needs more: ` +
                "set the table's StreamViewType to NEW_AND_OLD_IMAGES",
            });
          });
      }

  describe('of a record that does not say its view type', () => {
    const silent = (changed: Row, before: Side, after: Side) =>
      change({ row: changed, before, after, operation: 'MODIFY', viewType: null });

    it('given every image that is needed, when asked, then it is as if it did', () => {
      expect(doing(commandsOf(silent(row.registration(), attributes(), attributes())))).to.deep.equal([
        'search',
      ]);
      expect(doing(commandsOf(silent(row.link(), 'withheld', attributes())))).to.deep.equal(['count']);
      expect(
        doing(commandsOf(silent(row.image('01A', { orgId: 'ACME' }), 'withheld', 'withheld'))),
      ).to.deep.equal(['pointer']);
    });

    const lacking: readonly (readonly [string, string, Change])[] = [
      ['the old image of a document', 'faa-registry', silent(row.registration(), 'withheld', attributes())],
      ['the new image of a document', 'faa-registry', silent(row.registration(), attributes(), 'withheld')],
      ['the new image of a link', 'matcher-tuple', silent(row.link(), attributes(), 'withheld')],
    ];
    it('given an insertion that lacks an image, when asked, then it is called what it is', () => {
      const seen = change({
        row: row.link(),
        before: 'absent',
        after: 'withheld',
        operation: 'INSERT',
        viewType: null,
      });
      expect(faultOf(() => commandsOf(seen)).message).to.match(/^an INSERT record without/);
    });

    for (const [what, derivation, seen] of lacking)
      it(`given no ${what.replace(/^the /, '')}, when asked, then it is a configuration error`, () => {
        expect(faultOf(() => commandsOf(seen))).to.include({
          kind: 'configuration',
          message:
            `a MODIFY record without a StreamViewType lacks an image, but the derivation ${derivation} needs more: ` +
            "set the table's StreamViewType to NEW_AND_OLD_IMAGES",
        });
      });
  });

  describe('for search', () => {
    const decided = (before: Side, after: Side, changed: Row = row.registration()) =>
      one('search', commandsOf(change({ row: changed, before, after })));

    it('given a new row, when asked, then its document is upserted under its key', () => {
      const command = decided('absent', attributes({ model: '172', remarks: 'x' }));
      expect(command?.key).to.deep.equal({ collection: 'registry', id: 'FAA:N1' });
      expect(command?.decision).to.deep.equal({
        action: 'upsert',
        document: { id: 'FAA:N1', registry: 'FAA', model: '172' },
      });
    });

    it('given a changed row, when asked, then its new document is upserted', () => {
      expect(decided(attributes({ model: '172' }), attributes({ model: '172S' }))?.decision).to.deep.equal({
        action: 'upsert',
        document: { id: 'FAA:N1', registry: 'FAA', model: '172S' },
      });
    });

    it('given a change of what no document holds, when asked, then nothing is sent', () => {
      const command = decided(
        attributes({ model: '172', remarks: 'a' }),
        attributes({ model: '172', remarks: 'b' }),
      );
      expect(command?.decision).to.deep.equal({ action: 'none' });
    });

    it('given a removed row, when asked, then its document is deleted', () => {
      expect(decided(attributes({ model: '172' }), 'absent')?.decision).to.deep.equal({ action: 'delete' });
    });
  });

  describe('for the default image', () => {
    it('given a change of an image, when asked, then its entity is reconciled', () => {
      const owner = { orgId: 'ACME', entityType: 'ICAO', entityId: 'C172' } as const;
      const command = one(
        'pointer',
        commandsOf(change({ row: row.image('01A', owner), after: attributes() })),
      );
      expect(command?.entity).to.deep.equal(entity(owner));
    });
  });

  describe('for the matcher', () => {
    const VALID = { manufacturer: ' CESSNA ', model: '172S', type_designator: 'C172' };
    const asked = (before: Side, after: Side) =>
      one('count', commandsOf(change({ row: row.link('9', '8'), before, after })));
    const underOne = (held: Tuple) => [{ tuple: held, amount: decimal('1') }];

    it('given a row with a valid tuple, when asked, then it is counted under it, whatever it held before', () => {
      const command = asked(attributes({ ...VALID, model: 'old' }), attributes(VALID));
      expect(command?.model).to.equal(TUPLE_COUNTS);
      expect(command?.change.row).to.deep.equal(row.link('9', '8'));
      expect(command?.held).to.deep.equal(underOne(tuple('172S')));
    });

    it('given a row without a valid tuple, when asked, then it is counted under none', () => {
      expect(asked(attributes(VALID), attributes({ ...VALID, model: ' ' }))?.held).to.deep.equal([]);
    });

    it('given a removed row, when asked, then it is counted under none', () => {
      expect(asked(attributes(VALID), 'absent')?.held).to.deep.equal([]);
    });

    it('given an old image, when asked, then it is not even decoded', () => {
      expect(asked(untouchable, attributes(VALID))?.held).to.deep.equal(underOne(tuple('172S')));
    });
  });

  describe('of rows that nothing is derived from', () => {
    for (const [name, changed] of Object.entries(ROWS).filter(([each]) => ASKED[each]!.length === 0))
      it(`given ${name}, when asked, then none of its attributes is decoded`, () => {
        expect(commandsOf(change({ row: changed, before: untouchable, after: untouchable }))).to.deep.equal(
          [],
        );
      });
  });

  describe('of an image row that contradicts its key', () => {
    const KEY: Readonly<Record<string, string>> = {
      org_id: 'ACME',
      entity_type: 'ICAO',
      entity_id: 'C172',
      image_id: '01A',
    };
    const KEY_TEXT = '["IMAGES#ORG#ACME#ENTITY#ICAO#ID#C172","IMG#01A"]';
    const changed = row.image('01A', { orgId: 'ACME', entityType: 'ICAO', entityId: 'C172' });
    const insert = (values: Record<string, Value>) => change({ row: changed, after: attributes(values) });

    it('given attributes that repeat the key, when asked, then the entity is reconciled', () => {
      expect(doing(commandsOf(insert(KEY)))).to.deep.equal(['pointer']);
    });

    it('given none of the attributes, when asked, then there is nothing to contradict', () => {
      expect(doing(commandsOf(insert({ url: 'u' })))).to.deep.equal(['pointer']);
    });

    for (const [name, inKey] of Object.entries(KEY)) {
      it(`given another ${name}, when asked, then it is a permanent fault that says both`, () => {
        expect(faultOf(() => commandsOf(insert({ ...KEY, [name]: 'other "one"' })))).to.include({
          kind: 'permanent',
          message: `the image row ${KEY_TEXT} contradicts its key: ${name} is "other \\"one\\"", the key says "${inKey}"`,
        });
      });

      const wrongTypes: readonly (readonly [string, Value])[] = [
        ['null', null],
        ['a number', decimal('1')],
        ['a set that holds the right text', new ValueSet([inKey])],
      ];
      for (const [what, value] of wrongTypes)
        it(`given ${what} as ${name}, when asked, then it is a permanent fault`, () => {
          expect(faultOf(() => commandsOf(insert({ ...KEY, [name]: value })))).to.include({
            kind: 'permanent',
            message: `the image row ${KEY_TEXT} contradicts its key: ${name} is not a string, the key says "${inKey}"`,
          });
        });
    }

    it('given a contradiction in the old image only, when asked, then it no longer matters', () => {
      const corrected = { row: changed, before: attributes({ ...KEY, org_id: 'X' }), after: attributes(KEY) };
      expect(doing(commandsOf(change(corrected)))).to.deep.equal(['pointer']);
      const removed = change({ row: changed, before: attributes({ org_id: 'X' }) });
      expect(doing(commandsOf(removed))).to.deep.equal(['pointer']);
    });

    it('given a contradiction in another kind of row, when asked, then its key goes before it', () => {
      const lying = change({
        row: row.registration('N1'),
        after: attributes({ registration: 'N2', org_id: 'X' }),
      });
      expect(one('search', commandsOf(lying))?.key.id).to.equal('FAA:N1');
    });
  });
});
