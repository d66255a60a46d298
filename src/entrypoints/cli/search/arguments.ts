import { InvalidArgumentError } from 'commander';
import type { SearchFilter } from '../../../adapters/embedded-search/search/filter.ts';
import type { SearchSort } from '../../../adapters/embedded-search/search/order.ts';

/** For commander: names that are separated by commas. */
export function names(text: string): readonly string[] {
  const found = text.split(',').map((name) => name.trim());
  if (!found.includes('')) return found;
  throw new InvalidArgumentError('Expected names of fields, separated by commas.');
}

/** The first comparison in a condition, where two begin at the same place the longer one. */
const CONDITION = /^(?<field>.+?)(?<is>!=|<=|>=|=|<|>)(?<value>.*)$/s;

/** For commander: one more condition. */
export function whereOf(text: string, before: readonly SearchFilter[]): readonly SearchFilter[] {
  const { field, is, value } = CONDITION.exec(text)?.groups ?? {};
  if (field !== undefined && value !== undefined)
    return [...before, { field: field.trim(), is: is as SearchFilter['is'], value }];
  throw new InvalidArgumentError('Expected FIELD=VALUE, or !=, <, <=, > or >= instead of =.');
}

/** For commander: one more field to sort by. */
export function sortBy(text: string, before: readonly SearchSort[]): readonly SearchSort[] {
  const [, field = '', order = 'asc'] = /^(.+?)(?::(asc|desc))?$/s.exec(text) ?? [];
  if (field !== '') return [...before, { field, order: order as 'asc' | 'desc' }];
  throw new InvalidArgumentError('Expected FIELD, FIELD:asc or FIELD:desc.');
}
