/** Whether a name is one of the language, of every object, or of what a definition imports. */
export function isTaken(name: string): boolean {
  return TAKEN.has(name);
}

/** Names that would be taken for something else: of every object, of the language, and of what a definition imports. */
const TAKEN = new Set([
  ...Object.getOwnPropertyNames(Object.prototype),
  ...['prototype', 'name', 'length', 'undefined', 'NaN', 'Infinity', 'globalThis', 'arguments', 'eval'],
  ...['await', 'async', 'break', 'case', 'catch', 'class', 'const', 'continue', 'debugger', 'default'],
  ...['delete', 'do', 'else', 'enum', 'export', 'extends', 'false', 'finally', 'for', 'function', 'if'],
  ...['implements', 'import', 'in', 'instanceof', 'interface', 'let', 'new', 'null', 'package', 'private'],
  ...['protected', 'public', 'return', 'static', 'super', 'switch', 'this', 'throw', 'true', 'try', 'typeof'],
  ...['var', 'void', 'while', 'with', 'yield', 'any', 'unknown', 'never', 'string', 'number', 'boolean'],
  ...[
    'object',
    'symbol',
    'bigint',
    'type',
    'as',
    'of',
    'get',
    'set',
    'declare',
    'module',
    'require',
    'exports',
  ],
  ...['counts', 'defineTable', 'documents', 'effect', 'pointer', 'row', 'rows', 'skip', 'Decimal'],
]);

/** Words of a name, in lower case: `OrderItem`, `ORDER_ITEM` and `$order-item_1` are order and item. */
function wordsIn(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/[_-]?[vV]?\d{1,2}$/, '')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.toLowerCase());
}

/** A name for a variable; undefined where nothing of the text can stand in one. */
export function identifier(text: string, suffix: string): string | undefined {
  const name = wordsIn(text).join('_');
  if (!/[a-z]/.test(name)) return undefined;
  const begun = /^\d/.test(name) ? `${suffix}_${name}` : name;
  return TAKEN.has(begun) ? `${begun}_${suffix}` : begun;
}

/** The name of an attribute, as far as it can be the name of a part; undefined where it cannot. */
export function partName(attribute: string): string | undefined {
  const name = attribute.replace(/\W+/g, '_');
  if (!/^[A-Za-z_]\w*$/.test(name) || !/[A-Za-z]/.test(name)) return undefined;
  return Object.getOwnPropertyNames(Object.prototype).includes(name) ? `${name}_part` : name;
}

/** A name for an interface: `order_item` is `OrderItem`. */
export function typeName(name: string): string {
  const pascal = name
    .split(/[_-]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
  return GLOBAL_TYPES.has(pascal) ? `${pascal}Row` : pascal;
}

/** What the interfaces that are written speak of, and what else every program knows. */
const GLOBAL_TYPES = new Set([
  ...[
    'Array',
    'Boolean',
    'BigInt',
    'Date',
    'Decimal',
    'Error',
    'Function',
    'Map',
    'Number',
    'Object',
    'Promise',
  ],
  ...[
    'Readonly',
    'ReadonlyArray',
    'ReadonlySet',
    'ReadonlyMap',
    'Record',
    'RegExp',
    'Set',
    'String',
    'Symbol',
  ],
  ...[
    'Uint8Array',
    'Partial',
    'Pick',
    'Omit',
    'Required',
    'Exclude',
    'Extract',
    'Buffer',
    'Math',
    'JSON',
    'Proxy',
  ],
]);

/** Gives each name once. */
export class UniqueNames {
  readonly #given = new Set<string>();

  /** The first of these that has not been given yet; a number behind the first, where all have. */
  give(...candidates: readonly [string, ...string[]]): string {
    let name = candidates.find((candidate) => !this.#given.has(candidate));
    for (let number = 2; name === undefined; number++) {
      const numbered = `${candidates[0]}_${number}`;
      if (!this.#given.has(numbered)) name = numbered;
    }
    this.#given.add(name);
    return name;
  }
}
