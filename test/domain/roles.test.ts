import { expect } from 'chai';
import type { Change, Operation, Side } from '../../src/domain/change.ts';
import { commandsOf, ignoringOldImage } from '../../src/domain/command.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { documents } from '../../src/domain/definition/documents.ts';
import { effect } from '../../src/domain/definition/effect.ts';
import { row } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import type { StandardSchema } from '../../src/domain/definition/standard-schema.ts';
import { Fault } from '../../src/domain/fault.ts';
import { rolesOf } from '../../src/domain/roles.ts';
import type { Row } from '../../src/domain/row.ts';
import type { Attributes } from '../../src/domain/value.ts';
import { attributes, change, decimal, faultOf } from '../support/factories.ts';

const keys = { partition: 'PK', sort: 'SK' } as const;
const ANY = { PK: '<pk>', SK: '<sk>' } as const;

/** Apart from the counts. */
const parts = { sk: { without: '@' } } as const;
const a = row(ANY, { when: { _et: 'A' }, parts });
const b = row({ PK: 'P#<p>', SK: '<sk>' }, { when: { _et: ['B', 'b'] } });
const TABLE = defineTable({
  keys,
  rows: { a, b },
  derive: {
    a_count: counts(a, { by: () => ({}), at: { PK: 'COUNT', SK: '@A' } }),
    b_count: counts(b, { by: () => ({}), at: { PK: 'COUNT', SK: '@B' } }),
  },
}).model;
const ROW = TABLE.rowOf('P#1', 'S') as Row;

const UNREADABLE: Attributes = {
  get: () => {
    throw new Fault('permanent', '_et cannot be decoded');
  },
  all: () => {
    throw new Fault('permanent', '_et cannot be decoded');
  },
  equals: () => false,
};

const SIDES: Readonly<Record<string, Side>> = {
  none: 'absent',
  withheld: 'withheld',
  A: attributes({ _et: 'A' }),
  B: attributes({ _et: 'B' }),
  b: attributes({ _et: 'b' }),
  other: attributes({ _et: 'C' }),
  untold: attributes(),
  'a number': attributes({ _et: decimal('1') }),
  unreadable: UNREADABLE,
};

type Name = keyof typeof SIDES;

/** A kind's name, what happened to it, and both sides as it sees them. */
type Seen = readonly [kind: string, operation: Operation, before: Name, after: Name];

const CASES: readonly (readonly [viewType: string, before: Name, after: Name, seen: readonly Seen[]])[] = [
  ['NEW_AND_OLD_IMAGES', 'none', 'A', [['a', 'INSERT', 'none', 'A']]],
  ['NEW_AND_OLD_IMAGES', 'none', 'B', [['b', 'INSERT', 'none', 'B']]],
  ['NEW_AND_OLD_IMAGES', 'none', 'other', []],
  ['NEW_AND_OLD_IMAGES', 'none', 'untold', []],
  ['NEW_AND_OLD_IMAGES', 'none', 'a number', []],
  ['NEW_AND_OLD_IMAGES', 'A', 'A', [['a', 'MODIFY', 'A', 'A']]],
  ['NEW_AND_OLD_IMAGES', 'B', 'b', [['b', 'MODIFY', 'B', 'b']]],
  [
    'NEW_AND_OLD_IMAGES',
    'A',
    'B',
    [
      ['a', 'REMOVE', 'A', 'none'],
      ['b', 'INSERT', 'none', 'B'],
    ],
  ],
  [
    'NEW_AND_OLD_IMAGES',
    'b',
    'A',
    [
      ['a', 'INSERT', 'none', 'A'],
      ['b', 'REMOVE', 'b', 'none'],
    ],
  ],
  ['NEW_AND_OLD_IMAGES', 'A', 'untold', [['a', 'REMOVE', 'A', 'none']]],
  ['NEW_AND_OLD_IMAGES', 'other', 'B', [['b', 'INSERT', 'none', 'B']]],
  ['NEW_AND_OLD_IMAGES', 'other', 'untold', []],
  ['NEW_AND_OLD_IMAGES', 'A', 'none', [['a', 'REMOVE', 'A', 'none']]],
  ['NEW_AND_OLD_IMAGES', 'other', 'none', []],
  [
    'NEW_AND_OLD_IMAGES',
    'unreadable',
    'B',
    [
      ['a', 'REMOVE', 'unreadable', 'none'],
      ['b', 'MODIFY', 'unreadable', 'B'],
    ],
  ],
  ['NEW_IMAGE', 'none', 'A', [['a', 'INSERT', 'none', 'A']]],
  [
    'NEW_IMAGE',
    'withheld',
    'A',
    [
      ['a', 'MODIFY', 'withheld', 'A'],
      ['b', 'REMOVE', 'withheld', 'none'],
    ],
  ],
  [
    'NEW_IMAGE',
    'withheld',
    'other',
    [
      ['a', 'REMOVE', 'withheld', 'none'],
      ['b', 'REMOVE', 'withheld', 'none'],
    ],
  ],
  [
    'NEW_IMAGE',
    'withheld',
    'none',
    [
      ['a', 'REMOVE', 'withheld', 'none'],
      ['b', 'REMOVE', 'withheld', 'none'],
    ],
  ],
  [
    'KEYS_ONLY',
    'withheld',
    'none',
    [
      ['a', 'REMOVE', 'withheld', 'none'],
      ['b', 'REMOVE', 'withheld', 'none'],
    ],
  ],
  ['OLD_IMAGE', 'B', 'none', [['b', 'REMOVE', 'B', 'none']]],
  ['OLD_IMAGE', 'other', 'none', []],
];

function changeOf(viewType: string, before: Name, after: Name, changed: Row = ROW): Change {
  return change({ row: changed, viewType, before: SIDES[before]!, after: SIDES[after]! });
}

function nameOf(side: Side): Name | undefined {
  return Object.keys(SIDES).find((name) => SIDES[name] === side);
}

describe('rolesOf', () => {
  for (const [viewType, before, after, seen] of CASES) {
    const what = seen.map(([kind, operation]) => `${kind} ${operation}`).join(', ');
    it(`given ${viewType}, when ${before} becomes ${after}, then what is seen is ${what || 'nothing'}`, () => {
      const whole = changeOf(viewType, before, after);
      const roles = rolesOf(whole);
      expect(
        roles.map((role) => [role.row.model.name, role.operation, nameOf(role.before), nameOf(role.after)]),
      ).to.deep.equal(seen);
      for (const role of roles) {
        const { identity, version, item, origin, at } = whole;
        expect(role).to.deep.include({ identity, version, item, viewType });
        expect([role.origin, role.at]).to.deep.equal([origin, at]);
        expect(role.whole ?? role).to.equal(whole);
        expect(role.row.parts).to.deep.equal(role.row.model.name === 'a' ? ['P#1', 'S'] : ['1', 'S']);
      }
    });
  }

  for (const [viewType, before] of [
    ['KEYS_ONLY', 'none'],
    ['KEYS_ONLY', 'withheld'],
    ['OLD_IMAGE', 'none'],
    ['OLD_IMAGE', 'A'],
    ['OLD_IMAGE', 'other'],
  ] as const)
    it(`given ${viewType}, when ${before} becomes what nobody can see, then the view type is to be set`, () => {
      const fault = faultOf(() => rolesOf(changeOf(viewType, before, 'withheld')));
      expect(fault).to.include({
        kind: 'configuration',
        message:
          `the stream's view type is ${viewType}, but the row a is told from others by its _et: ` +
          "set the table's StreamViewType to NEW_AND_OLD_IMAGES",
      });
    });

  it('given a new image that cannot be read, then it is poison', () => {
    expect(faultOf(() => rolesOf(changeOf('NEW_AND_OLD_IMAGES', 'A', 'unreadable'))).kind).to.equal(
      'permanent',
    );
  });

  it('given a change that only its own kind sees, and as it is, then it is the change itself', () => {
    const whole = changeOf('NEW_AND_OLD_IMAGES', 'A', 'A');
    expect(rolesOf(whole)[0]).to.equal(whole);
  });
});

/** Refuses what is no order. */
const ORDERS: StandardSchema<{ _et: string; total: number }> = {
  '~standard': {
    version: 1,
    vendor: 'test',
    validate: (value) =>
      typeof (value as { total?: unknown }).total === 'number'
        ? { value: value as { _et: string; total: number } }
        : { issues: [{ message: 'no total' }] },
  },
};

describe('commandsOf rows that an attribute tells', () => {
  const order = row(ANY, { when: { _et: 'order' }, schema: ORDERS, parts });
  const note = row(ANY, { when: { _et: 'note' }, parts });
  type On = readonly Operation[];
  const made = () => [{ table: 'log', key: { id: 'x' } }];
  const tableOf = (on?: On) =>
    defineTable({
      keys,
      rows: { order, note },
      derive: {
        orders: documents(order, { collection: 'orders', fields: [] }),
        notes: documents(note, { collection: 'notes', fields: [] }),
        note_count: counts(note, { by: () => ({}), at: { PK: 'COUNT', SK: '@NOTES' } }),
        note_log: rows(note, { of: () => made(), ...(on && { on }) }),
        note_mail: effect(note, { run: () => undefined, ...(on && { on }) }),
      },
    }).model;
  const only = (derivation: 'note_log' | 'note_mail', on?: On) =>
    defineTable({
      keys,
      rows: { note },
      derive: {
        d:
          derivation === 'note_log'
            ? rows(note, { of: () => made(), ...(on && { on }) })
            : effect(note, { run: () => undefined, ...(on && { on }) }),
      },
    }).model;
  const rowIn = (model: ReturnType<typeof tableOf>) => model.rowOf('P', 'S') as Row;

  const ORDER = attributes({ _et: 'order', total: decimal('5') });
  const NOTE = attributes({ _et: 'note' });
  const OTHER = attributes({ _et: 'other' });

  const asked = (seen: Change, commands = commandsOf(seen)) =>
    commands.map((command) => {
      const { does } = command;
      const name = does === 'pointer' ? '' : command.model.name;
      if (does === 'search') return `${name} ${command.decision.action}`;
      if (does === 'count') return `${name} ${command.held.length}`;
      if (does === 'rows') return `${name} ${command.put.length}`;
      return `${name} ${command.change.operation}`;
    });

  it('given an order that becomes a note, then it is gone for orders, and new for notes', () => {
    const seen = change({ row: rowIn(tableOf()), before: ORDER, after: NOTE });
    expect(asked(seen)).to.deep.equal([
      'orders delete',
      'notes upsert',
      'note_count 1',
      'note_log 1',
      'note_mail INSERT',
    ]);
  });

  it('given a note that becomes an order, then effects are told of a removal, with what the note was', () => {
    const seen = change({ row: rowIn(tableOf()), before: NOTE, after: ORDER });
    expect(asked(seen)).to.deep.equal([
      'orders upsert',
      'notes delete',
      'note_count 0',
      'note_log 0',
      'note_mail REMOVE',
    ]);
    const effects = commandsOf(seen).flatMap((command) => (command.does === 'effect' ? [command] : []));
    expect(effects[0]?.given).to.deep.include({ after: undefined });
    expect(effects[0]?.given.before).to.deep.include({ _et: 'note' });
  });

  it('given a row that was of no kind and is of none, then nothing is asked for', () => {
    for (const [before, after] of [
      ['absent', OTHER],
      [OTHER, OTHER],
      [OTHER, 'absent'],
    ] as const)
      expect(commandsOf(change({ row: rowIn(tableOf()), before, after }))).to.deep.equal([]);
  });

  it('given a schema, then only rows of its kind are held against it', () => {
    const model = tableOf();
    const wrong = attributes({ _et: 'order' });
    expect(asked(change({ row: rowIn(model), before: NOTE, after: NOTE }))).to.have.lengthOf(4);
    expect(faultOf(() => commandsOf(change({ row: rowIn(model), before: NOTE, after: wrong })))).to.include({
      kind: 'permanent',
      reason: 'the order row does not fit its schema',
    });
  });

  it('given an old image that is not what the row was, then nothing is left of other kinds, and no effect runs', () => {
    const model = tableOf();
    const unconnected = (before: Side, after: Side) => {
      const seen = change({ row: rowIn(model), before, after });
      return asked(seen, ignoringOldImage(seen, commandsOf(seen)));
    };
    const noNotes = ['notes delete', 'note_count 0', 'note_log 0'];
    for (const before of ['absent', OTHER] as const)
      expect(unconnected(before, OTHER)).to.deep.equal(['orders delete', ...noNotes]);
    expect(unconnected(ORDER, ORDER)).to.deep.equal(['orders upsert', ...noNotes]);
    expect(unconnected(OTHER, 'absent')).to.deep.equal(['orders delete', ...noNotes]);
  });

  describe('given a stream without old images', () => {
    const seenBy = (model: ReturnType<typeof tableOf>, after: Side, before: Side = 'withheld') =>
      change({ row: rowIn(model), before, after, viewType: 'NEW_IMAGE' });
    const fault = (seen: Change) => faultOf(() => commandsOf(seen));
    const wanted =
      "the stream's view type is NEW_IMAGE, but the derivation d needs more: " +
      "set the table's StreamViewType to NEW_AND_OLD_IMAGES";

    it('then rows are derived, or taken away, whatever the row was', () => {
      for (const on of [undefined, ['INSERT', 'MODIFY', 'REMOVE']] as const) {
        const model = only('note_log', on);
        expect(asked(seenBy(model, NOTE, 'absent'))).to.deep.equal(['d 1']);
        expect(asked(seenBy(model, NOTE))).to.deep.equal(['d 1']);
        expect(asked(seenBy(model, OTHER))).to.deep.equal(['d 0']);
        expect(asked(seenBy(model, 'absent'))).to.deep.equal(['d 0']);
      }
    });

    for (const does of ['note_log', 'note_mail'] as const)
      it(`then ${does} for insertions alone, or for all but those, cannot be told when it is due`, () => {
        for (const on of [['INSERT'], ['MODIFY'], ['MODIFY', 'REMOVE']] as const)
          expect(fault(seenBy(only(does, on), NOTE))).to.include({ kind: 'configuration', message: wanted });
        expect(asked(seenBy(only(does, ['INSERT']), NOTE, 'absent'))).to.have.lengthOf(1);
        expect(asked(seenBy(only(does, ['INSERT', 'MODIFY']), NOTE))).to.have.lengthOf(1);
        expect(asked(seenBy(only(does, ['REMOVE']), NOTE))).to.have.lengthOf(0);
        expect(asked(seenBy(only(does, ['INSERT', 'MODIFY']), OTHER))).to.have.lengthOf(0);
      });

    it('then an effect is not told of a removal that may be none', () => {
      for (const on of [undefined, ['REMOVE']] as const) {
        const model = only('note_mail', on);
        for (const after of [OTHER, 'absent'] as const)
          expect(fault(seenBy(model, after))).to.include({ kind: 'configuration', message: wanted });
      }
      expect(asked(seenBy(only('note_mail'), NOTE))).to.deep.equal(['d MODIFY']);
    });
  });
});
