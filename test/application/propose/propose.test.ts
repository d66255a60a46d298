import { expect } from 'chai';
import { wordsOf } from '../../../src/application/propose/attribute-types.ts';
import { propose } from '../../../src/application/propose/propose.ts';
import type { KeySchema } from '../../../src/domain/table-model.ts';
import type { Value } from '../../../src/domain/value.ts';
import { range } from '../../support/range.ts';

const KEYS: KeySchema = { partition: 'PK', partitionType: 'S', sort: 'SK', sortType: 'S' };

type Row = readonly [partition: string, sort: string, attributes?: Readonly<Record<string, Value>>];

function proposed(rows: readonly Row[]) {
  return propose({
    keys: KEYS,
    rows: rows.map(([partition, sort, attributes = { a: 'x' }]) => ({
      key: { partition, sort },
      attributes: new Map(Object.entries(attributes)),
    })),
  }).kinds;
}

const templates = (rows: readonly Row[]) => proposed(rows).map(({ key }) => [...key.values()]);
const doubts = (rows: readonly Row[]) => proposed(rows).flatMap((kind) => kind.doubts);
const city = (n: number) => `${['berlin', 'ulm', 'graz'][n % 3] ?? ''}-${n % 7}`;

describe('what is constant in keys', () => {
  it('given a version and a word in all keys, then both stand in the template', () => {
    const rows = range(30).map((n): Row => [`v3|CITY|${city(n)}`, `v3|METER|${n}`]);
    expect(templates(rows)).to.deep.equal([['v3|CITY|<city>', 'v3|METER|<meter>']]);
    expect(doubts(rows)).to.deep.equal([]);
  });

  it('given a version behind a word, then it stands in the template, and the word is the name of what follows', () => {
    const rows = range(30).map((n): Row => [`CITY|v3|${city(n)}`, `METER|${n}`]);
    expect(templates(rows)).to.deep.equal([['CITY|v3|<city>', 'METER|<meter>']]);
  });

  it('given two words behind a version, then they are two kinds', () => {
    const rows = range(40).map((n): Row => [`v3|${n % 2 ? 'CITY' : 'ROAD'}|${city(n)}`, `METER|${n}`]);
    expect(templates(rows)).to.have.deep.members([
      ['v3|CITY|<city>', 'METER|<meter>'],
      ['v3|ROAD|<road>', 'METER|<meter>'],
    ]);
  });

  it('given a word of another case before data in all keys, then it stands in the template, with a doubt', () => {
    const rows = range(30).map((n): Row => [`app#CITY#${city(n)}`, `METER#${n}`]);
    expect(templates(rows)).to.deep.equal([['app#CITY#<city>', 'METER#<meter>']]);
    expect(doubts(rows).join()).to.contain('All keys have CITY behind app');
  });

  for (const [what, partition, template] of [
    ['at the end', () => 'TENANT#acme', 'TENANT#<tenant>'],
    [
      'before the name of the next',
      (n: number) => `TENANT#acme#CITY#${city(n)}`,
      'TENANT#<tenant>#CITY#<city>',
    ],
  ] as const)
    it(`given one value behind its name ${what}, then it is a part, with a doubt`, () => {
      const rows = range(30).map((n): Row => [partition(n), `METER#${n}`]);
      expect(templates(rows)).to.deep.equal([[template, 'METER#<meter>']]);
      expect(doubts(rows).join()).to.contain('<tenant> was always the same');
    });

  it('given two rows alone, then a word of another case behind its name is still taken for data', () => {
    expect(templates(range(2).map((n): Row => [`TENANT#acme#${n}`, `METER#${n}`]))).to.deep.equal([
      ['TENANT#<tenant>#<part>', 'METER#<meter>'],
    ]);
  });
});

describe('keys with two separators', () => {
  it('given the one that is there most often, then they are split at that, and words before the other are prefixes', () => {
    const rows = range(40).map((n): Row => [
      `T#${city(n)}|${n % 2 ? 'invoice' : 'customer'}|${n * 7919}`,
      `v${n % 3}`,
      n % 2 ? { amount: 'x', due: 'y' } : { email: 'z', phone: 'u' },
    ]);
    expect(templates(rows).map(([partition]) => partition)).to.have.deep.members([
      'T#<t>|invoice|<invoice>',
      'T#<t>|customer|<customer>',
    ]);
  });

  it('given a word before the other alone, then the kind is called like it', () => {
    const rows = range(40).map((n): Row => [`CITY#${city(n)}|${n}|${n * 7919}`, `${n % 3}`]);
    expect(proposed(rows).map(({ name, key }) => [name, key.get('PK')])).to.deep.equal([
      ['city', 'CITY#<city>|<part>|<part_2>'],
    ]);
  });

  it('given each of them once, then # is the separator', () => {
    const rows = range(40).map((n): Row => [`CITY#${city(n)}|${n}`, `METER#${n}`]);
    expect(templates(rows)).to.deep.equal([['CITY#<city>', 'METER#<meter>']]);
  });
});

describe('the name of a part', () => {
  const people = (named: (text: string) => Readonly<Record<string, Value>>) =>
    range(40).map((n): Row => [`CITY#${city(n)}`, 'MAYOR', named(city(n).toUpperCase())]);

  it('given an attribute that says the same in another case, and is called like it, then it has its name', () => {
    expect(templates(people((text) => ({ cityId: text })))).to.deep.equal([['CITY#<cityId>', 'MAYOR']]);
  });

  it('given an attribute that says the same in another case, and is called otherwise, then it has not', () => {
    expect(templates(people((text) => ({ title: text })))).to.deep.equal([['CITY#<city>', 'MAYOR']]);
  });
});

describe('words that an attribute may be', () => {
  const wordsIn = (values: readonly string[]) =>
    proposed(range(60).map((n): Row => [`CITY#${city(n)}`, `METER#${n}`, { state: values[n % 3] ?? '' }]))
      .flatMap(({ attributes }) => attributes?.members.get('state') ?? [])
      .map(wordsOf);

  it('given a few, then they are listed', () => {
    expect(wordsIn(['new', 'old', 'lost'])).to.deep.equal([['new', 'old', 'lost']]);
  });

  it('given words that are counted, then they are not: more will come', () => {
    expect(wordsIn(['v1', 'v2', 'v3'])).to.deep.equal([undefined]);
  });
});

describe('rows with such keys that have nothing in common', () => {
  const rowsOf = (people: Readonly<Record<string, Value>>, bills: Readonly<Record<string, Value>>) =>
    range(40).map((n): Row => [`ORG#${city(n)}`, `${n * 7919}`, n % 2 ? people : bills]);
  const person = { name: 'a', email: 'b' };
  const bill = { amount: 'c', currency: 'd' };

  it('given an attribute that separates them, whatever its name, then they are kinds, told apart by it', () => {
    const kinds = proposed(
      rowsOf({ ...person, at: 'z', category: 'person' }, { ...bill, at: 'z', category: 'bill' }),
    );
    expect(kinds.map(({ name, when }) => [name, when])).to.have.deep.members([
      ['person', { attribute: 'category', value: 'person' }],
      ['bill', { attribute: 'category', value: 'bill' }],
    ]);
  });

  it('given no such attribute, then they are one kind, and what they have is said', () => {
    const [kind, ...others] = proposed(rowsOf(person, bill));
    expect(others).to.deep.equal([]);
    expect(kind?.doubts.join(' ')).to.contain(
      'of 2 sorts that have no attribute of their own in common (20 with amount, currency; 20 with email, name)',
    );
  });

  for (const [what, one, other] of [
    [
      'something in common, and a state',
      { name: 'a', status: 'paid', paid_at: 'b', by: 'c' },
      { name: 'a', status: 'open' },
    ],
    [
      'much in common',
      { ...person, a: 'x', b: 'x', way: 'card' },
      { ...person, c: 'y', d: 'y', way: 'bank' },
    ],
    ['nothing of their own but what one lacks', { ...person, x: '1', y: '2' }, person],
  ] as const)
    it(`given rows with ${what}, then they are one kind`, () => {
      const kinds = proposed(rowsOf(one, other));
      expect(kinds.map(({ when }) => when)).to.deep.equal([undefined]);
    });

  it('given rows of which some have nothing that others lack, then no doubt is said', () => {
    const sorts = [{ x: '1', y: '2' }, { u: '1', v: '2' }, {}];
    const rows = range(60).map((n): Row => [`ORG#${city(n)}`, `${n * 7919}`, { name: 'a', ...sorts[n % 3] }]);
    expect(doubts(rows).join()).not.to.contain('sorts');
    expect(doubts(rows.filter((_, n) => n % 3 < 2)).join()).to.contain('sorts');
  });
});
