import type { TableDefinition } from '../../domain/definition/define-table.ts';
import { Fault } from '../../domain/fault.ts';
import { isObject } from '../../domain/json.ts';

const EXPECTED = 'export default defineTable({ … })';

/**
 * The definition that a module exports as its default.
 *
 * @throws Fault `configuration` that says what it exports instead.
 */
export function definitionIn(exports: Readonly<Record<string, unknown>>, file: string): TableDefinition {
  // A CommonJS file's `module.exports` is all that it exports.
  for (const exported of [exports['default'], exports]) if (isTableDefinition(exported)) return exported;
  throw new Fault('configuration', `${file} ${problem(exports)}`);
}

/**
 * Whether a value is made by `defineTable`, of this or another copy of the package: `instanceof` would tell the copies
 * of a class apart.
 */
export function isTableDefinition(value: unknown): value is TableDefinition {
  return isObject(value) && value['is'] === 'table' && isObject(value['model']) && 'rowOf' in value['model'];
}

function problem(exports: Readonly<Record<string, unknown>>): string {
  const { default: exported } = exports;
  if (exported === undefined) {
    const [name] = Object.entries(exports).find(([, value]) => isTableDefinition(value)) ?? [];
    if (name !== undefined) return `exports its definition as ${name}, not as its default: write ${EXPECTED}`;
    if ('default' in exports) return `exports undefined as its default: write ${EXPECTED}`;
    return `has no default export: write ${EXPECTED}`;
  }
  if (isObject(exported) && 'keys' in exported && 'rows' in exported)
    return `exports a definition that is not made by defineTable: write ${EXPECTED}`;
  return `exports ${kindOf(exported)} as its default, which is no definition: write ${EXPECTED}`;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value instanceof Promise) return 'a promise';
  if (Array.isArray(value)) return 'an array';
  if (isObject(value) && 'is' in value) return `one ${JSON.stringify(value['is'])}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
