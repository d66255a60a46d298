import { expect } from 'chai';
import { hoistCommonJs } from '../../deploy/bundle/hoist-commonjs.ts';

describe('making a CommonJS file an ES module', () => {
  const forms: [form: string, source: string, expected: string][] = [
    ['a whole module', `const a = require("./a");`, `import * as a from "./a";`],
    ['names of a module', `const { b, c } = require('./b');`, `import { b, c } from './b';`],
    [
      'renamed names over lines',
      `const {\n  b: d,\n  c,\n} = require("./b");`,
      `import { b as d, c, } from "./b";`,
    ],
    ['a member', `const V = require("v").Validator;`, `import { Validator as V } from "v";`],
    ['exports', `module.exports = {\n  a,\n  model: check,\n};`, `export { a, check as model, };`],
  ];
  for (const [form, source, expected] of forms)
    it(`given ${form}, then it is an import or export`, () => {
      expect(hoistCommonJs(source, 'a.js')).to.equal(expected);
    });

  const others = [
    `function late() { return require("./a"); }`,
    `const a = require(name);`,
    `module.exports = class A {};`,
    `module.exports = { a: () => 1 };`,
    `exports.a = 1;`,
  ];
  for (const source of others)
    it(`given a form that it does not know, then it throws: ${source}`, () => {
      expect(() => hoistCommonJs(source, 'a.js')).to.throw('a.js: cannot be made an ES module');
    });
});
