import type { Migration } from '../migration.ts';

/** What full text search looks into. */
export const words: Migration = {
  version: 6,
  statements: (names) => [
    // Never fails, so that an index over it refuses no document: one with more words than PostgreSQL holds is found by those of its beginning.
    // A worker of a parallel plan may begin no subtransaction before PostgreSQL 17, and what catches an exception is one.
    `create function ${names.qualified('words')}(language regconfig, fields jsonb) returns tsvector
language plpgsql immutable parallel unsafe as $$
begin
  return jsonb_to_tsvector(language, fields, '["string", "numeric", "boolean"]');
exception when program_limit_exceeded then
  return to_tsvector(language, left(fields::text, 100000));
end
$$`,
  ],
};
