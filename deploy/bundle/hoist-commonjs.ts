/** `const x = require('y');`, `const { a, b: c } = require('y');` or `const x = require('y').z;`, at the top level. */
const REQUIRE =
  /^const (?:(?<whole>\w+)|\{(?<parts>[^{}]*)\}) = require\((?<from>'[^']+'|"[^"]+")\)(?:\.(?<member>\w+))?;?$/gm;

/** `module.exports = { a, b: c };` with nothing but names. */
const EXPORTS = /^module\.exports = \{(?<names>[\w\s,:]*)\};?$/m;

const COMMONJS = /\brequire\(|\bmodule\.exports\b|(?<![.\w])exports\.\w/;

/**
 * A CommonJS file as an ES module, so that a bundler can leave out what is not used, and need not wrap the file and
 * everything that it requires in functions that run, and are parsed, one by one.
 *
 * @throws Error when the file has a form that this does not understand: nothing is translated by half.
 */
export function hoistCommonJs(source: string, path: string): string {
  const hoisted = source
    .replace(REQUIRE, (...match) => {
      const { whole, parts, from, member } = match.at(-1) as Record<string, string | undefined>;
      if (parts !== undefined) return `import { ${renamed(parts, '$1 as $2')} } from ${from};`;
      return member === undefined
        ? `import * as ${whole} from ${from};`
        : `import { ${member} as ${whole} } from ${from};`;
    })
    .replace(EXPORTS, (...match) => {
      const { names = '' } = match.at(-1) as Record<string, string | undefined>;
      return `export { ${renamed(names, '$2 as $1')} };`;
    });
  const left = COMMONJS.exec(hoisted);
  if (left !== null) throw new Error(`${path}: cannot be made an ES module, for it has “${left[0]}”`);
  return hoisted;
}

function renamed(names: string, order: '$1 as $2' | '$2 as $1'): string {
  return names
    .replace(/(\w+)\s*:\s*(\w+)/g, order)
    .replace(/\s+/g, ' ')
    .trim();
}
