import { expect } from 'chai';
import { counts } from '../../../src/domain/definition/counts.ts';
import { defineTable } from '../../../src/domain/definition/define-table.ts';
import { documents } from '../../../src/domain/definition/documents.ts';
import { pointer } from '../../../src/domain/definition/pointer.ts';
import { row } from '../../../src/domain/definition/row.ts';

const KEYS = { partition: 'device', sort: { name: 'at', type: 'N' } } as const;
const BYTES = { partition: { name: 'digest', type: 'B' } } as const;
const reading = row({ device: '<device>', at: '<time>' }, { parts: { time: { without: '-' } } });

function problemsOf(spec: unknown): readonly string[] {
  try {
    defineTable(spec as never);
  } catch (error) {
    return (error as Error).message.split('\n- ').slice(1);
  }
  return [];
}

/** What is wrong with a row whose sort key, a number, has this template. */
function problemsWith(at: string, parts = {}): readonly string[] {
  const one = row({ device: '<device>', at }, { parts, derives: 'nothing' });
  return problemsOf({ keys: KEYS, rows: { one }, derive: {} });
}

function problemsWithBytes(digest: string): readonly string[] {
  const one = row({ digest }, { derives: 'nothing' });
  return problemsOf({ keys: BYTES, rows: { one }, derive: {} });
}

describe('keys that are numbers or bytes', () => {
  it('given their types, then the model has them', () => {
    const search = documents(reading, { collection: 'readings', fields: [] });
    expect(defineTable({ keys: KEYS, rows: { reading }, derive: { search } }).model.keys).to.deep.equal({
      ...{ partition: 'device', partitionType: 'S' },
      ...{ sort: 'at', sortType: 'N' },
    });
    const file = row({ digest: '<digest>' }, { derives: 'nothing' });
    expect(defineTable({ keys: BYTES, rows: { file }, derive: {} }).model.keys).to.deep.equal({
      ...{ partition: 'digest', partitionType: 'B' },
      ...{ sort: undefined, sortType: 'S' },
    });
  });

  for (const at of ['<at>', '0', '-1', '1.5', '100000000000000000000'])
    it(`given the template ${at} of a number, then it is right`, () => {
      expect(problemsWith(at)).to.deep.equal([]);
    });

  const wrong =
    'is of type N: it must be one part alone, such as <part>, or a number, such as 0 or -1; it is';
  const RANGE =
    'is out of the range of numbers that DynamoDB holds: from 1e-130 to below 1e126, positive or negative';
  for (const [at, problem] of [
    ['T#<at>', `${wrong} "T#<at>"`],
    ['<day>.<hour>', `${wrong} "<day>.<hour>"`],
    ['LATEST', `${wrong} "LATEST"`],
    ['1e126', `is "1e126", which ${RANGE}`],
    [`-1e-131`, `is "-1e-131", which ${RANGE}`],
    ['9'.repeat(39), `is "${'9'.repeat(39)}", which has more than the 38 digits that DynamoDB holds`],
    ['1e30', `is "1e30", which must be written "1${'0'.repeat(30)}"`],
    ['1.50', 'is "1.50", which must be written "1.5"'],
    ['1.0', 'is "1.0", which must be written "1"'],
    ['1e2', 'is "1e2", which must be written "100"'],
    ['-0', 'is "-0", which must be written "0"'],
  ] as const)
    it(`given the template ${at} of a number, then it says what is wrong with it`, () => {
      expect(problemsWith(at)).to.deep.equal([`row one: its key.at ${problem}`]);
    });

  it('given templates of bytes, then they are one part alone, or base64url', () => {
    for (const right of ['<digest>', 'AQID', 'AQ', '-_-_'])
      expect(problemsWithBytes(right)).to.deep.equal([]);
    const rule =
      'is of type B: it must be one part alone, such as <part>, or bytes as base64url without padding, such as AQID; it is';
    expect(problemsWithBytes('AQ==')).to.deep.equal([`row one: its key.digest ${rule} "AQ=="`]);
    expect(problemsWithBytes('F<digest>')).to.deep.equal([`row one: its key.digest ${rule} "F<digest>"`]);
    expect(problemsWithBytes('AR')).to.deep.equal([
      'row one: its key.digest is "AR", which must be written "AQ"',
    ]);
  });

  it('given a part whose values are no numbers, then it says so: no key would ever have them', () => {
    expect(problemsWith('<at>', { at: ['1', '-2.5'] })).to.deep.equal([]);
    expect(problemsWith('<at>', { at: ['1.0', 'x', '1e126'] })).to.deep.equal(
      [
        ['1.0', ', such as "1"'],
        ['x', ''],
        ['1e126', `; it ${RANGE}`],
      ].map(
        ([value, more]) =>
          `row one: its parts.at has "${value}", which no key has: at is of type N, a number written as its digits${more}`,
      ),
    );
  });

  it('given a number among the numbers of a part, then the keys overlap, unless the part leaves it out', () => {
    const marker = row({ device: '<device>', at: '-1' }, { derives: 'nothing' });
    const search = documents(reading, { collection: 'readings', fields: [] });
    expect(problemsOf({ keys: KEYS, rows: { reading, marker }, derive: { search } })).to.deep.equal([]);
    const every = row({ device: '<device>', at: '<time>' }, { derives: 'nothing' });
    const [problem] = problemsOf({ keys: KEYS, rows: { every, marker }, derive: {} });
    expect(problem).to.match(/^rows every and marker: both match the key \[".","-1"\]; /);
    expect(problem).to.contain("give the row every parts: { time: { without: '-' } }, or give both a when");
    const zero = row({ device: '<device>', at: '0' }, { derives: 'nothing' });
    const [none] = problemsOf({ keys: KEYS, rows: { every, zero }, derive: {} });
    expect(none).to.contain('or make one kind of them: no rule for one part of each keeps their keys apart');
  });

  it('given derived rows, then their keys follow the same rules', () => {
    const derive = {
      latest: pointer(reading, { at: { at: 'LATEST' }, choose: 'newest', repeat: [] }),
      per_day: counts(reading, { by: () => ({ day: '1' }), at: { device: 'DAYS', at: 'D<day>' } }),
    };
    expect(problemsOf({ keys: KEYS, rows: { reading }, derive })).to.deep.equal([
      `derivation latest: its at.at ${wrong} "LATEST"`,
      `derivation per_day: its at.at ${wrong} "D<day>"`,
    ]);
  });

  it('given counts that could be at every key, then one message says what room there is', () => {
    const everywhere =
      'derivation c: its at can be every key of the table, so that it would overwrite rows: in numbers and bytes nothing stands before a part; ';
    const one = row({ id: '<id>' }, { parts: { id: { without: '-' } } });
    const keys = { partition: { name: 'id', type: 'N' } } as const;
    const c = counts(one, { by: ['x'], at: { id: '<x>' } });
    expect(problemsOf({ keys, rows: { one }, derive: { c } })).to.deep.equal([
      `${everywhere}such a table has room for one count without parts, at a value of its own such as { id: '-1' }`,
    ]);
    const total = counts(one, { by: () => ({}), at: { id: '-1' } });
    expect(problemsOf({ keys, rows: { one }, derive: { total } })).to.deep.equal([]);
    const two = row({ a: '<a>', b: '<b>' });
    const both = { partition: { name: 'a', type: 'N' }, sort: { name: 'b', type: 'B' } } as const;
    const d = counts(two, { by: ['x', 'y'], at: { a: '<x>', b: '<y>' } });
    expect(problemsOf({ keys: both, rows: { two }, derive: { c: d } })).to.deep.equal([
      `${everywhere}give it a value of its own in one attribute, such as { b: 'AQID' }`,
    ]);
  });

  it('given a pointer among the rows that it points to, then it is said to lead back to them', () => {
    const every = row({ device: '<device>', at: '<time>' });
    const latest = pointer(every, { at: { at: '-1' }, choose: 'newest', repeat: [] });
    expect(problemsOf({ keys: KEYS, rows: { every }, derive: { latest } })).to.deep.equal([
      'derivation latest: its rows lead back to every, which they are derived from: every → latest → every; ' +
        "give the row every parts: { time: { without: '-' } }",
    ]);
    const first = pointer(every, { at: { at: '0' }, choose: 'newest', repeat: [] });
    expect(problemsOf({ keys: KEYS, rows: { every }, derive: { first } })).to.deep.equal([
      'derivation first: its rows lead back to every, which they are derived from: every → first → every; ' +
        'write it at a key that no row every can have, such as one with a - in it, ' +
        "and give the row every parts: { time: { without: '-' } }",
    ]);
  });
});
