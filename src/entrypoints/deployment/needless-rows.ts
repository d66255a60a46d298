import type { KeySchema } from '../../domain/table-model.ts';
import { areaOf, isNeeded, isWithin, type KeyArea, type Rows } from './key-area.ts';
import { inOrder } from './needed-operations.ts';
import { isAny, type KeyRule, meet } from './key-rule.ts';

/**
 * In words: of which rows areas have changes that nothing is derived from, as far as keys and operations tell; and where an
 * attribute tells, that all rows with such keys pass. Filters do not ask for attributes: a row that is no longer of a kind must
 * pass, and not every stream carries the image that says what it was.
 */
export function needlessRows(areas: readonly KeyArea[], { rows, keys }: Rows): readonly string[] {
  const needed = rows
    .filter(isNeeded)
    .map((model) => ({ name: model.name, area: areaOf(model), when: model.when }));
  const places = areas.flatMap(({ partitions, sorts }) =>
    partitions.flatMap((partition) => {
      const apart = sorts.filter((sort) => !needed.some(({ area }) => isWithin(area, partition, sort)));
      if (apart.length === 0) return [];
      const place = { partitions: [partition], sorts: apart, operations: [] };
      const exceptions = needed.filter(({ area }) => doMeet(place, area)).map(({ name }) => name);
      const but = exceptions.length === 0 ? '' : `, those that are not of ${exceptions.join(', ')}`;
      return [`${wordsOf(place, keys)}${but}`];
    }),
  );
  const told = needed.flatMap(({ area, when }) => {
    if (when === undefined) return [];
    const alike = needed.filter((other) => other.when !== undefined && doMeet(area, other.area));
    const attributes = new Set(alike.flatMap((other) => other.when ?? []).map(({ name }) => name));
    const names = alike.map(({ name }) => name).join(', ');
    return [`${wordsOf(area, keys)}, those that by ${[...attributes].join(' and ')} are not of ${names}`];
  });
  const kinds = rows
    .filter((model) => !isNeeded(model) && areas.some((area) => doMeet(area, areaOf(model))))
    .map(
      (model) =>
        `${model.name}: ${wordsOf(areaOf(model), keys)}${model.derivedBy === undefined ? '' : ', which the worker itself writes'}`,
    );
  const operations = needed.flatMap(({ name, area }) => {
    const passing = areas.filter((one) => doMeet(one, area)).flatMap((one) => one.operations);
    const spare = inOrder(passing).filter((one) => !area.operations.includes(one));
    return spare.length === 0 ? [] : [`${name}: ${spare.join(' and ')}`];
  });
  return [...places, ...new Set(told), ...kinds, ...operations];
}

function doMeet(a: KeyArea, b: KeyArea): boolean {
  const some = (attribute: 'partitions' | 'sorts') =>
    a[attribute].some((one) => b[attribute].some((two) => meet(one, two)));
  return some('partitions') && some('sorts');
}

function wordsOf({ partitions, sorts }: KeyArea, { partition, sort }: KeySchema): string {
  const attributes = [
    [partition, partitions],
    ...(sort === undefined ? [] : [[sort, sorts] as const]),
  ] as const;
  const words = attributes.map(([name, rules]) => `${name} ${rules.map(ruleInWords).join(' or ')}`);
  return words.join(' with ');
}

function ruleInWords(rule: KeyRule): string {
  if (isAny(rule)) return 'of any value';
  return `${rule.isWhole ? '' : 'beginning with '}${JSON.stringify(rule.text)}`;
}
