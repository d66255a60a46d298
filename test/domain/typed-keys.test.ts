import { expect } from 'chai';
import { heldBy } from '../../src/domain/count.ts';
import { counts } from '../../src/domain/definition/counts.ts';
import { defineTable } from '../../src/domain/definition/define-table.ts';
import { pointer } from '../../src/domain/definition/pointer.ts';
import { row as rowKind } from '../../src/domain/definition/row.ts';
import { rows } from '../../src/domain/definition/rows.ts';
import { decideRowsMove, derivedFrom, nameOfKey, takenFault } from '../../src/domain/derived-rows.ts';
import { checkRepeatedParts, contradictsItself, type Member } from '../../src/domain/pointer.ts';
import type { TableModel } from '../../src/domain/table-model.ts';
import type { Value } from '../../src/domain/value.ts';
import { attributes, change, decimal, faultOf, version } from '../support/factories.ts';

const keys = { partition: { name: 'file', type: 'B' }, sort: { name: 'at', type: 'N' } } as const;
const reading = rowKind(
  { file: '<digest>', at: '<time>' },
  { parts: { digest: { without: '_' }, time: { without: '-' } } },
);

const rowIn = ({ rows: [model] }: TableModel) => ({ model: model!, parts: ['AQ', '5'] });
const IN_WORDS = 'the reading row ["AQ","5"]';

describe('what is counted at keys that are numbers or bytes', () => {
  function heldAt(by: unknown, at: unknown = { file: '____', at: '<hour>' }, values = {}) {
    const per = counts(reading, { by, at } as never);
    const { model } = defineTable({ keys, rows: { reading }, derive: { per } });
    return heldBy(model.counts[0]!, rowIn(model), attributes(values)).map(({ tuple }) => tuple);
  }

  it('given numbers written differently, then these are one count', () => {
    const tuples = ['1', '1.0', '1e0', '-0', '0'].map((hour) => ({ hour }));
    expect(heldAt(() => tuples)).to.deep.equal([{ hour: '1' }, { hour: '0' }]);
    expect(heldAt(['hour'], undefined, { hour: ' 1.50 ' })).to.deep.equal([{ hour: '1.5' }]);
  });

  const problem = 'its at.at is of type N, so that it must be a number that a table can hold';
  for (const hour of ['x', '1e126', 'NaN', ' 1'])
    it(`given ${JSON.stringify(hour)} where a number must be, then the row is poison, and the derivation named`, () => {
      expect(faultOf(() => heldAt(() => ({ hour })))).to.include({
        kind: 'permanent',
        message: `the derivation per counts ${IN_WORDS} under "${hour}" as hour: ${problem}`,
        reason: `the derivation per counts a row under a wrong hour: ${problem}`,
      });
    });

  it('given bytes that are not written as they must be, then the row is poison', () => {
    const at = { file: '<name>', at: '-1' };
    expect(heldAt(() => ({ name: 'AQ' }), at)).to.deep.equal([{ name: 'AQ' }]);
    for (const name of ['A', 'AQ==', 'AR', 'A+'])
      expect(faultOf(() => heldAt(() => ({ name }), at))).to.include({
        kind: 'permanent',
        message:
          `the derivation per counts ${IN_WORDS} under "${name}" as name: its at.file is of type B, so that it must be ` +
          'bytes as base64url without padding, such as AQ',
      });
  });
});

describe('rows that are derived with keys that are numbers or bytes', () => {
  function derived(of: () => unknown) {
    const { model } = defineTable({
      keys,
      rows: { reading },
      derive: { copies: rows(reading, { of } as never) },
    });
    const source = rowIn(model);
    const after = attributes();
    return derivedFrom(model.derivedRows[0]!, { ...change({ row: source, after }), at: 7 }, after);
  }
  const bytes = new Uint8Array([1, 2]);
  const problemOf = (key: unknown, table?: string) => {
    const { kind, message } = faultOf(() => derived(() => ({ table, key })));
    expect(kind).to.equal('permanent');
    return message.replace(
      `the function of the derivation copies, called for ${IN_WORDS}, returned a row `,
      '',
    );
  };

  it('given numbers of any kind and bytes, then they are kept exactly, and equal numbers are one key', () => {
    for (const [at, text] of [
      [-1, '-1'],
      [-0.5, '-0.5'],
      [-12345678901234567890n, '-12345678901234567890'],
      [decimal('-1.50'), '-1.5'],
      [decimal('-1e20'), '-100000000000000000000'],
    ] as const) {
      const [found] = derived(() => ({ key: { file: bytes, at } }));
      expect(found?.key).to.deep.equal({ file: bytes, at: decimal(text) });
      expect(found?.key['file']).not.to.equal(bytes);
    }
    const twice = faultOf(() =>
      derived(() => [-1, decimal('-1.0')].map((at) => ({ key: { file: bytes, at } }))),
    );
    expect(twice).to.include({ kind: 'configuration' });
    expect(twice.message).to.match(/returned two rows with one key: \{"at":-1,"file":"AQI="\}$/);
  });

  it('given a value that is not of the type of the table, then it says which must be', () => {
    expect(problemOf({ file: 'AQI', at: -1 })).to.equal('whose key has no bytes as file');
    expect(problemOf({ file: bytes, at: '-1' })).to.equal('whose key has no number as at');
    expect(problemOf({ file: new Uint8Array(), at: -1 })).to.equal('whose key has an empty file');
    expect(problemOf({ file: bytes })).to.equal('whose key has not exactly file and at');
    for (const [at, text] of [
      [NaN, 'NaN'],
      [Infinity, 'Infinity'],
      [1e200, '1e+200'],
      [decimal('1e-200'), '1e-200'],
    ] as const)
      expect(problemOf({ file: bytes, at })).to.equal(
        `whose key has ${text} as at, which is no number that a table can hold`,
      );
  });

  it('given a row of another table, then each attribute may be of any type', () => {
    const key = { a: 'x', b: 5 };
    expect(derived(() => ({ table: 'audit', key }))[0]?.key).to.deep.equal({ a: 'x', b: decimal('5') });
    expect(problemOf({ a: true }, 'audit')).to.equal('whose key has no string, number or bytes as a');
  });

  it('given a row of the kind that it is derived from, then it leads back', () => {
    const fault = faultOf(() => derived(() => ({ key: { file: bytes, at: 5 } })));
    expect(fault.kind).to.equal('configuration');
    expect(fault.message).to.include('from which it is derived itself: {"file":"AQI=","at":5}');
  });

  it('given a number, bytes and a string that look alike, then these are three keys', () => {
    const names = ['5', decimal('5'), new Uint8Array([5]), 'BQ'].map((id: Value) =>
      nameOfKey({ table: 'audit', key: { id: id as string } }),
    );
    expect(new Set(names).size).to.equal(4);
    expect(nameOfKey({ table: 'audit', key: { id: '5' } })).to.equal('["audit",["id","5"]]');
  });

  it('given an equal number before, however written, then the row stays', () => {
    const { model } = defineTable({
      keys,
      rows: { reading },
      derive: { copies: rows(reading, { of: () => [] }) },
    });
    const source = { model: model.derivedRows[0]!, row: rowIn(model) };
    const from = {
      version: version(1),
      removed: false,
      keys: [{ table: undefined, key: { file: bytes, at: decimal('-1.0') } }],
    };
    const put = [{ table: undefined, key: { file: bytes, at: decimal('-1') }, attributes: {} }];
    expect(
      decideRowsMove(source, from, { version: version(2), operation: 'MODIFY' }, put)?.remove,
    ).to.deep.equal([]);
  });

  it('given a key that has another row, then the message has every digit', () => {
    const key = { at: decimal('12345678901234567890'), file: bytes };
    expect(takenFault({ table: 'audit', key }, 'a', 'b').message).to.include(
      '"a" gives the row {"at":12345678901234567890,"file":"AQI="} in table audit',
    );
  });
});

describe('pointers among rows whose keys are numbers', () => {
  const { model } = defineTable({
    keys,
    rows: { reading },
    derive: { last: pointer(reading, { at: { at: '-1' }, choose: 'newest', repeat: ['digest'] }) },
  });
  const last = model.pointers[0]!;
  const check = (values: Readonly<Record<string, Value>>) =>
    checkRepeatedParts(last, rowIn(model), attributes(values));

  it('given an attribute that says the same as the key, then it is no contradiction', () => {
    for (const time of ['5', decimal('5'), decimal('5.0')]) check({ time });
    for (const digest of ['AQ', new Uint8Array([1])]) check({ digest });
    check({});
  });

  it('given one that says otherwise, then the row is poison', () => {
    const says = (name: string, found: string, key: string) =>
      `${IN_WORDS} contradicts its key: ${name} is ${found}, the key says "${key}"`;
    expect(faultOf(() => check({ time: decimal('6') })).message).to.equal(says('time', '6', '5'));
    expect(faultOf(() => check({ time: '5.0' })).message).to.equal(says('time', '"5.0"', '5'));
    expect(faultOf(() => check({ time: true })).message).to.equal(says('time', 'not a string', '5'));
    expect(faultOf(() => check({ digest: decimal('1') })).message).to.equal(
      says('digest', 'not a string', 'AQ'),
    );
  });

  it('given a target with a higher number than the newest row, then the view contradicts itself', () => {
    const member = (sort: string): Member => ({ sort, attributes: {} });
    const view = (newest: string, target: string) =>
      contradictsItself({
        ...{ entity: { model: last, parts: ['AQ'] }, newest: member(newest) },
        ...{ current: member(target), target: member(target) },
      });
    expect(view('9', '10')).to.equal(true);
    expect(view('10', '9')).to.equal(false);
  });
});
