import { Fault } from './fault.ts';
import type { DocumentModel } from './search-document.ts';
import type { SearchField, SearchSchema } from './search-schema.ts';
import { groupBy } from './coalesce.ts';

/**
 * The schemas of all collections that documents of a definition are in, in the definition's order. A collection of several
 * derivations has the fields of all of them; what not all of them have is optional.
 *
 * @throws Fault `configuration` that names every collection whose fields the definition does not declare, or declares in two
 *   ways, and says what to write.
 */
export function searchSchemas(models: readonly DocumentModel[]): readonly SearchSchema[] {
  const problems: string[] = [];
  const schemas: SearchSchema[] = [];
  for (const [collection, some] of groupBy(models, (model) => model.collection)) {
    const undeclared = some.filter(({ types }) => types === undefined);
    problems.push(...undeclared.map(undeclaredProblem));
    if (undeclared.length > 0) continue;
    const fields = new Map<string, SearchField>();
    for (const { name: derivation, types = {} } of some)
      for (const [name, declared] of Object.entries(types)) {
        const field = { name, ...declared, ...(isInAll(name, some) ? {} : { optional: true }) };
        const known = fields.get(name);
        if (known !== undefined && textOf(known) !== textOf(field))
          problems.push(
            `collection ${collection}: the types of ${derivation} declare ${name} otherwise than another derivation of the same collection`,
          );
        fields.set(name, field);
      }
    schemas.push({ collection, fields: [...fields.values()] });
  }
  if (problems.length > 0) throw new Fault('configuration', problems.join('\n'));
  return schemas;
}

function undeclaredProblem({ name, collection, fields, constants }: DocumentModel): string {
  const names = Array.isArray(fields) ? (fields as readonly string[]) : ['<field>'];
  const types = names
    .filter((field) => !Object.hasOwn(constants, field))
    .map((field) => `${/^[A-Za-z_]\w*$/.test(field) ? field : JSON.stringify(field)}: 'string'`);
  return (
    `collection ${collection} has no schema, as ${name} does not say what its fields hold: add to its documents(…) ` +
    `types: { ${types.join(', ')} }, each with its own type; inferSearchSchema of contrail/adapters tells types from samples`
  );
}

function isInAll(field: string, models: readonly DocumentModel[]): boolean {
  return models.every(({ types = {} }) => Object.hasOwn(types, field));
}

function textOf(field: SearchField): string {
  return JSON.stringify(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
