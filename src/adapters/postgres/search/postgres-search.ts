import { Fault } from '../../../domain/fault.ts';
import type { DocumentFields } from '../../../domain/search-document.ts';
import type { Database } from '../client/database.ts';
import type { Names } from '../schema/names.ts';
import { readJsonbRecord } from '../values/jsonb.ts';
import { readText } from '../values/text.ts';
import { type FoundRow, searchStatement } from './search-statement.ts';

/** What documents must be to be found, as the embedded search engine has it. */
export interface SearchCondition {
  readonly field: string;
  readonly is: '=' | '!=' | '<' | '<=' | '>' | '>=';
  readonly value: string | number | bigint | boolean;
}

/** How documents are searched by PostgreSQL's own full text. */
export interface PostgresSearchOptions {
  /** Of PostgreSQL's text search configurations: `english`, say. `simple`, which takes words as they are, unless given. */
  readonly language?: string;
  /** The fields whose words are searched: all, unless given. */
  readonly fields?: readonly string[];
  /** Whether a document must have `all` words, as it must unless given, or `any` of them. */
  readonly match?: 'all' | 'any';
  /** What documents must be, all of it. */
  readonly where?: readonly SearchCondition[];
  /** The fields whose values are counted. */
  readonly facets?: readonly string[];
  /** Values that each facet lists at most: 10 unless given. */
  readonly facetLimit?: number;
  /** Fields that decide on the order; unless given, those that fit best are first. Equals are in the order of their ids. */
  readonly sort?: readonly { readonly field: string; readonly order?: 'asc' | 'desc' }[];
  /** Documents that are listed at most: 20 unless given. */
  readonly limit?: number;
}

/** What was found: as the embedded search engine answers. */
export interface PostgresSearchAnswer {
  /** How many documents were found, listed or not. */
  readonly found: number;
  /** How many documents the collection has. */
  readonly of: number;
  readonly hits: readonly { readonly id: string; readonly score: number; readonly fields: DocumentFields }[];
  /** Of each field the most frequent values, and how many there are. */
  readonly facets: readonly {
    readonly field: string;
    readonly values: readonly { readonly value: string; readonly count: number }[];
    readonly distinct: number;
  }[];
}

const DEFAULTS: Required<PostgresSearchOptions> = {
  language: 'simple',
  fields: [],
  match: 'all',
  where: [],
  facets: [],
  facetLimit: 10,
  sort: [],
  limit: 20,
};

/** Searches the documents of a `PostgresSearchIndex` by PostgreSQL's own full text. */
export class PostgresSearch {
  readonly #database: Database;
  readonly #names: Names;

  constructor(database: Database, names: Names) {
    this.#database = database;
    this.#names = names;
  }

  /**
   * Finds documents of a collection by a text, as `websearch_to_tsquery` reads it: words, "phrases", `or`, and `-` before what must not be there.
   * Without one, all.
   *
   * @throws Fault `configuration` when there is no such collection, with the names of those that are there, or no such language.
   */
  async search(
    collection: string,
    text: string,
    options: PostgresSearchOptions = {},
  ): Promise<PostgresSearchAnswer> {
    const all = { ...DEFAULTS, ...options };
    await this.#checkLanguage(all.language);
    const { text: statement, values } = searchStatement(this.#names, collection, text, all);
    const [row] = await this.#database.query<FoundRow>(statement, values);
    if (row === undefined || row.of === 0) throw await this.#missing(collection);
    const hits = JSON.parse(row.hits) as readonly (readonly [number, string])[];
    const facets = JSON.parse(row.facets) as readonly Omit<PostgresSearchAnswer['facets'][number], 'field'>[];
    return {
      ...{ found: row.found, of: row.of },
      hits: hits.map(([score, json]) => {
        const fields = readJsonbRecord(json);
        return { id: fields['id'] as string, score, fields };
      }),
      facets: facets.map(({ values: listed, distinct }, n) => ({
        field: all.facets[n] ?? '',
        values: listed.map(({ value, count }) => ({ value: readText(value), count })),
        distinct,
      })),
    };
  }

  async #checkLanguage(language: string): Promise<void> {
    const rows = await this.#database.query<{ readonly name: string }>(
      'select cfgname::text as name from pg_ts_config where pg_ts_config_is_visible(oid) order by 1',
    );
    const known = rows.map(({ name }) => name).filter((name) => /^[a-z_]+$/.test(name));
    if (!known.includes(language))
      throw new Fault(
        'configuration',
        `the database has no language ${JSON.stringify(language.slice(0, 80))} for full text: it has ${known.join(', ')}`,
      );
  }

  async #missing(collection: string): Promise<Fault> {
    const rows = await this.#database.query<{ readonly name: string }>(
      `select distinct collection as name from ${this.#names.documents} where not removed order by 1`,
    );
    const found = rows.map(({ name }) => JSON.stringify(readText(name)));
    const there =
      found.length === 0 ? 'has no collections yet: index something first' : `has ${found.join(', ')}`;
    return new Fault(
      'configuration',
      `there is no collection ${JSON.stringify(collection)}: ${this.#database.name.resource} ${there}`,
    );
  }
}
