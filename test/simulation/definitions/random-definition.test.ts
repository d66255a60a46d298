import { expect } from 'chai';
import { DefinitionRecount } from '../../../src/application/verify/recount.ts';
import { makeItems } from '../../../src/simulation/rows/make-items.ts';
import { chanceOf } from '../../../src/simulation/world/chance.ts';
import { randomDefinition } from './random-definition.ts';

const SEEDS = 500;

describe('random definitions', function () {
  this.timeout(120_000);

  it('are valid, and have all that the language can say', () => {
    const found = new Set<string>();
    for (const seed of Array(SEEDS).keys())
      for (const feature of randomDefinition(seed).features) found.add(feature);
    expect([...found]).to.include.members(
      [
        'partition key S, partition key N, partition key B, sort key S, sort key N, sort key B, sort key none',
        'rule without, rule values, when, strict, schema, numbers exact, derives nothing, overlapping prefixes',
        'documents, documents shared collection, documents fields function, documents where parts',
        'documents where function, documents id template, documents id parts, documents constants',
        'counts, counts by names, counts by function one, counts by function several, counts by function none',
        'counts by function key, counts by function nothing, counts part S, counts part N, counts part B',
        'counts amount name, counts amount function, counts as',
        'pointer, pointer keep, pointer newest',
        'rows, rows to this table, rows to another table, rows number in key, rows of one, rows of several, rows of none',
        'rows on, rows keep, rows ask for the change',
        'effect, effect run, effect runBatch, effect once, effect on, effect where, effect attempts, effect timeoutMs',
        'chain from counts, chain from rows, chain from pointer',
        'several documents of one kind, several counts of one kind, several pointer of one kind, several rows of one kind',
        'several effect of one kind, later at, later by, later where, later fields, later of, later on',
      ].flatMap((line) => line.split(', ')),
    );
  });

  it('have rows of which sums are negative', () => {
    const negative = Array.from(Array(60).keys()).filter((seed) => {
      const { definition } = randomDefinition(seed);
      const recounted = new DefinitionRecount(definition);
      for (const { rows } of makeItems(definition, chanceOf(seed, 'items')))
        for (const { attributes } of rows) recounted.add(attributes);
      return [...recounted.counts.values()].some(({ sums }) =>
        [...sums.values()].some((sum) => sum.text.startsWith('-')),
      );
    });
    expect(negative.length).to.be.greaterThan(2);
  });

  it('stay valid whatever is left out, and are the same for the same choices', () => {
    for (const seed of Array(SEEDS).keys()) {
      const offered: string[] = [];
      const make = () => {
        const chance = chanceOf(seed, 'left out');
        return randomDefinition(seed, {
          take: (name) => {
            offered.push(name);
            return chance.chance(0.6);
          },
        });
      };
      const { text, laterText } = make();
      expect(make()).to.include({ text, laterText });
      expect(offered.length).to.be.greaterThan(0);
      const smallest = randomDefinition(seed, { take: () => false });
      expect(Object.keys(smallest.definition.spec.rows)).to.deep.equal(['kind0']);
    }
  });

  it('leave all else as it is where one thing is left out', () => {
    for (const seed of Array(100).keys()) {
      const names = new Set<string>();
      const all = randomDefinition(seed, { take: (name) => names.add(name).size > 0 });
      const derivations = [...names].filter((name) => /^derivation D\d+$/.test(name));
      const [, left] = /^derivation (.*)$/.exec(chanceOf(seed, 'left out').pick(derivations))!;
      const { text } = randomDefinition(seed, { take: (name) => name !== `derivation ${left}` });
      const linesOf = (one: string) => one.split('\n').filter((line) => /^ {4}D\d+: /.test(line));
      const others = linesOf(all.text).filter(
        (line) => !line.startsWith(`    ${left}: `) && !line.includes(`(of_${left},`),
      );
      expect(linesOf(text)).to.deep.equal(others);
    }
  });

  it('differ in a later deployment by what the text says, and keep their kinds of rows', () => {
    const differing = Array.from(Array(SEEDS).keys(), (seed) => randomDefinition(seed)).filter(
      ({ text, laterText }) => text !== laterText,
    );
    expect(differing.length).to.be.greaterThan(SEEDS * 0.9);
    for (const { definition, later } of differing)
      expect(Object.keys(later.spec.rows)).to.include.members(Object.keys(definition.spec.rows));
  });
});
