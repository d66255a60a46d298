import { Decimal } from '../../../domain/decimal.ts';
import type { Names } from '../schema/names.ts';
import { jsonbOfRecord } from '../values/jsonb.ts';
import { storedText } from '../values/text.ts';
import { anyOf } from './any-of.ts';
import { pathsTo } from './field-paths.ts';
import type { PostgresSearchOptions, SearchCondition } from './postgres-search.ts';

/** A statement, and what is bound in it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly string[];
}

/** What it comes to: one row. */
export interface FoundRow {
  readonly found: number;
  readonly of: number;
  /** A list of `[score, fields]`, as JSON. */
  readonly hits: string;
  /** A list of `{values, distinct}`, as JSON. */
  readonly facets: string;
}

/** Finds documents of a collection, all in one statement. The language's name is one that needs no quotes. */
export function searchStatement(
  names: Names,
  collection: string,
  text: string,
  options: Required<PostgresSearchOptions>,
): Statement {
  const values: string[] = [];
  const bind = (value: string) => `$${values.push(value)}::text`;
  const inCollection = `d.collection = ${bind(storedText(collection))} and not d.removed`;
  const { where, facets, facetLimit, sort, limit, match, language, fields } = options;
  const words = match === 'any' ? anyOf(text) : text;
  const isText = text.trim() !== '';
  const searched =
    !isText || fields.length === 0 ? 'd.fields' : only(bind(JSON.stringify(fields.map(storedText))));
  // As in an index's definition, so that it is used.
  const vector = `${names.qualified('words')}('${language}', ${searched})`;
  // What is bound must stand in the statement.
  const query = isText ? `websearch_to_tsquery('${language}', ${bind(storedText(words))})` : '';
  const conditions = [
    inCollection,
    ...(isText ? [`${vector} @@ ${query}`] : []),
    ...where.map((condition) => conditionOn(condition, bind)),
  ];
  const order = sort.flatMap(({ field, order: to = 'asc' }) => {
    const value = `(select v from ${valuesAt(bind(pathsTo(field)))} limit 1)`;
    const single = `${value} #>> '{}'`;
    const isNumber = `jsonb_typeof(${value}) = 'number'`;
    return [
      `${value} is null`,
      `case jsonb_typeof(${value}) when 'number' then 0 when 'string' then 1 else 2 end ${to}`,
      `case when ${isNumber} then (${single})::numeric end ${to}`,
      `(${single}) collate "C" ${to}`,
    ];
  });
  const facet = (field: string) => `json_build_object('values', (
    select coalesce(json_agg(json_build_object('value', value, 'count', count)), '[]') from (
      select * from ${tallied(bind(pathsTo(field)))} order by count desc, value limit ${bind(String(facetLimit))}::integer
    ) listed
  ), 'distinct', (select count(*) from ${tallied(bind(pathsTo(field)))}))`;
  const statement = `with found as materialized (
  select d.id, d.document_id, ${isText ? `ts_rank(${vector}, ${query})` : '0::real'} as score
  from ${names.documents} d where ${conditions.join(' and ')}
),
listed as materialized (
  select f.n, f.score, d.fields from (
    select f.*, row_number() over (order by ${[...order, ...(sort.length === 0 ? ['f.score desc'] : []), 'f.document_id collate "C"'].join(', ')}) as n
    from found f join ${names.documents} d on d.id = f.id
    order by n
    limit ${bind(String(limit))}::integer
  ) f join ${names.documents} d on d.id = f.id
)
select (select count(*)::integer from found) as found,
  (select count(*)::integer from ${names.documents} d where ${inCollection}) as of,
  (select coalesce(json_agg(json_build_array(score, fields::text) order by n), '[]') from listed)::text as hits,
  json_build_array(${facets.map(facet).join(', ')})::text as facets`;
  return { text: statement, values };

  /** How many of those that were found have each value. */
  function tallied(paths: string): string {
    return `(
        select value, count(*) as count from found f join ${names.documents} d on d.id = f.id
        cross join lateral (select distinct coalesce(v #>> '{}', 'null') collate "C" as value from ${valuesAt(paths)}) one
        group by value
      ) t`;
  }
}

/** The values of a document at paths. */
function valuesAt(paths: string): string {
  return `json_array_elements_text(${paths}::json) p cross join lateral jsonb_path_query(d.fields, p::jsonpath, silent => true) v`;
}

/** A document's fields of these names, and no others. */
function only(list: string): string {
  return `(select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(d.fields)
    where key in (select json_array_elements_text(${list}::json)))`;
}

function conditionOn({ field, is, value }: SearchCondition, bind: (value: string) => string): string {
  const text = String(value);
  const number = Decimal.parse(text);
  const operator = { '=': '==', '!=': '==', '<': '<', '<=': '<=', '>': '>', '>=': '>=' }[is];
  // What has no order is the same, or not: it has a name only.
  const isNamed = ['true', 'false', 'null'].includes(text) && !['<', '>'].includes(is);
  const fits = [
    `@ ${operator} $text`,
    ...(number === undefined ? [] : [`@ ${operator} $number`]),
    ...(isNamed ? [`@ == ${text}`] : []),
  ].join(' || ');
  const variables = jsonbOfRecord({ text, ...(number && { number }) });
  return `${is === '!=' ? 'not ' : ''}exists (
    select from json_array_elements_text(${bind(pathsTo(field, fits))}::json) p
    where jsonb_path_exists(d.fields, p::jsonpath, ${bind(variables)}::jsonb, silent => true)
  )`;
}
