import type { KeySchema, RowModel } from '../table-model.ts';
import { commonKey, type Pattern } from './overlap.ts';

/** Templates, and what each of their parts may hold. */
export type KeyShape = Pick<RowModel, 'partition' | 'sort' | 'rules'>;

/** A key that both kinds of row match, as it is shown in messages. */
export function overlap(one: KeyShape, other: KeyShape): string | undefined {
  const partition = commonKey(patternOf(one, 'partition'), patternOf(other, 'partition'));
  if (partition === undefined) return undefined;
  if (one.sort === undefined) return JSON.stringify([partition]);
  const sort = commonKey(patternOf(one, 'sort'), patternOf(other, 'sort'));
  return sort === undefined ? undefined : JSON.stringify([partition, sort]);
}

function patternOf({ partition, sort, rules }: KeyShape, which: 'partition' | 'sort'): Pattern {
  return which === 'partition'
    ? { literals: partition.literals, rules: rules.slice(0, partition.names.length) }
    : { literals: sort?.literals ?? [], rules: rules.slice(partition.names.length) };
}

/** How two kinds of row that have a key in common are told apart. */
export function toldApart(one: RowModel, other: RowModel): string {
  const by = 'give both a when, with different values of one attribute';
  const [first] = [...ruledApart(one, other), ...ruledApart(other, one), ...bothRuledApart(one, other)];
  return first === undefined
    ? `${by}, or make one kind of them: no rule for one part of each keeps their keys apart`
    : `give ${first.map(ruleInWords).join(' and ')}, or ${by}`;
}

/** How a derived row is kept out of the keys of a kind of row. */
export function keptApart(kind: RowModel, derived: RowModel, keys: KeySchema | undefined): string {
  const { name, names, rules, partition } = kind;
  const [found] = ruledApart(kind, derived);
  if (found !== undefined) return `give ${found.map(ruleInWords).join(' and ')}`;
  const elsewhere = `write it at a key that no row ${name} can have`;
  // A pointer has the partition of its rows.
  const first = derived.derivedBy === 'pointer' ? partition.names.length : 0;
  const index = rules.findLastIndex((rule, at) => at >= first && rule === undefined);
  const part = names[index];
  if (part === undefined) return elsewhere;
  const type = index < partition.names.length ? keys?.partitionType : keys?.sortType;
  const sign = type === 'N' || type === 'B' ? '-' : '#';
  return `${elsewhere}, such as one with a ${sign} in it, and give the row ${name} parts: { ${part}: { without: '${sign}' } }`;
}

/** A rule for one part of a kind of row. */
interface Ruled {
  readonly kind: RowModel;
  readonly part: string;
  readonly without: string;
}

/** The rules for a part of a kind of row that keep it out of the keys of another. */
function* ruledApart(kind: RowModel, other: RowModel): Generator<readonly Ruled[]> {
  for (const [ruled, rule] of withRule(kind, other)) if (overlap(ruled, other) === undefined) yield [rule];
}

/** Where that takes a rule for a part of each. */
function* bothRuledApart(one: RowModel, other: RowModel): Generator<readonly Ruled[]> {
  for (const [first, rule] of withRule(one, other))
    for (const [second, and] of withRule(other, one))
      if (rule.without === and.without && overlap(first, second) === undefined) yield [rule, and];
}

/** A kind of row with one rule more: no sign that stands in the key of the other may be in one of its parts. */
function* withRule(kind: RowModel, other: RowModel): Generator<readonly [KeyShape, Ruled]> {
  const literals = [...other.partition.literals, ...(other.sort?.literals ?? [])].join('');
  const signs = new Set(Array.from(literals).filter((character) => !/[\p{L}\p{N}]/u.test(character)));
  for (const [index, part] of kind.names.entries())
    for (const without of kind.rules[index] === undefined ? signs : [])
      yield [
        { ...kind, rules: kind.rules.with(index, { without }) },
        { kind, part, without },
      ];
}

function ruleInWords({ kind, part, without }: Ruled): string {
  return `the row ${kind.name} parts: { ${part}: { without: '${without.replace(/['\\]/, String.raw`\$&`)}' } }`;
}
