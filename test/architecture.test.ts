import { expect } from 'chai';
import { ESLint } from 'eslint';
import tseslint from 'typescript-eslint';

/** Snippets, one a line, that the rules of eslint.layers.js refuse in a file, and others that they leave alone. */
const SNIPPETS: Readonly<Record<string, { readonly refused: string; readonly allowed: string }>> = {
  'src/domain/x.ts': {
    refused: `
      import type { A } from '../application/a.ts'
      export * from '../adapters/memory/a.ts'
      import { a } from '../../test/a.ts'
      import { a } from '../domainish/a.ts'
      import { a } from './inner/../../fleet/a.ts'
      import { fleet } from '../fleet/definition.ts'
      import fs from 'fs'
      import type { Client } from '@aws-sdk/client-dynamodb'
      import a = require('fs')
      type A = import('../application/a.ts').A
      const a = await import(name)
      const at = Date['now']()
      const at = Date[name]()
      const { now } = Date
      const clock = Date
      const at = Date()
      const at = new Date()
      class Later extends Date {}
      const a = Math.random()
      const numbers = { Math }`,
    allowed: `
      import { a } from './a.ts'; export { b } from './inner/b.ts'
      const at = new Date(0); const then = Date.parse(text); const is = at instanceof Date; let d: Date
      const a = Math.max(1, 2); const b = Math['floor'](c)
      const a = b.process; const c = { console: 1, process() {} }; interface D { performance: number }
      class A { crypto = 1; setTimeout() { return this.crypto } }
      const { process: handle } = worker; const a = 'Date.now() Math.random()' // Date.now()`,
  },
  'src/domain/inner/x.ts': { refused: `import '../../fleet/a.ts'`, allowed: `import '../a.ts'` },
  'src/fleet/x.ts': {
    refused: `
      import type { A } from '../application/a.ts'
      import { a } from '../adapters/memory/a.ts'
      import { z } from 'zod'
      import fs from 'node:fs'
      const a = await import('../application/a.ts')
      const a = process.env.A
      const at = Date.now()
      const a = Math.random()`,
    allowed: `import { row } from '../domain/definition/row.ts'; import { a } from './a.ts'`,
  },
  'src/application/ports/x.ts': {
    refused: `
      import { a } from '../../adapters/memory/a.ts'
      import { fleet } from '../../fleet/definition.ts'
      import { injectable } from 'inversify'
      import { a } from '#adapters/a.ts'
      import { setTimeout } from 'node:timers/promises'
      const every = setInterval
      globalThis.setTimeout(done, 5)
      const a = process.hrtime()
      type P = typeof process
      const log = (to = console) => to
      const a = require('fs')
      const a = eval('1')`,
    allowed: `import '../../domain/a.ts'; import '../b.ts'; import './c.ts'`,
  },
  'src/adapters/memory/x.ts': {
    refused: `
      import { a } from '../../entrypoints/config.ts'
      import { fleet } from '../../fleet/definition.ts'
      import { a } from '../../fleet/a.ts'
      export type { A } from '../memory-too/a.ts'
      const a = await import('../recorded/a.ts')
      import { env } from 'node:process'
      const { env } = process
      const p = process
      const a = process[name]
      const a = { process }
      const a = global['process'].env.A`,
    allowed: `
      import '../../domain/a.ts'; import '../../application/b.ts'; import fs from 'node:fs'
      import { readJson } from '../json/read-json.ts'
      import { fileFault } from '../files/file-fault.ts'
      const at = Date.now(); setTimeout(done, 5); console.log(process.memoryUsage())
      const { a } = await import('./a.ts')`,
  },
  'src/adapters/memory/inner/x.ts': {
    refused: `import '../../recorded/a.ts'`,
    allowed: `import '../a.ts'; import { readJson } from '../../json/read-json.ts'`,
  },
  'src/fleet/feed/x.ts': {
    refused: `
      import { a } from '../definition.ts'
      import { a } from '../../domain/a.ts'
      import { a } from 'inversify'
      const a = process.env.A
      const at = Date.now()`,
    allowed: `import { ulid } from 'ulid'; import { a } from './a.ts'; import '../../random/random.ts'`,
  },
  'src/random/x.ts': {
    refused: `
      import { a } from '../domain/a.ts'
      import { a } from 'ulid'
      const a = Math.random()`,
    allowed: `import { uniformInt } from 'pure-rand/distribution/uniformInt'`,
  },
  'src/simulation/x.ts': {
    refused: `
      import { a } from '../adapters/aws/a.ts'
      import { fleet } from '../fleet/definition.ts'
      import { a } from '../fleet/feed/a.ts'
      import { a } from '../../test/a.ts'
      import { a } from 'inversify'
      import fs from 'node:fs'
      const at = Date.now()
      const at = new Date()
      const a = Math.random()
      setTimeout(done, 5)
      const a = process.env.A`,
    allowed: `
      import '../domain/a.ts'; import '../entrypoints/lambda/a.ts'; import '../adapters/memory/a.ts'
      import { Random } from '../random/random.ts'; import TinyQueue from 'tinyqueue'
      process.on('unhandledRejection', report); setImmediate(resolve); new Date(0).toISOString()`,
  },
  'src/simulation/world/x.ts': {
    refused: `import { a } from '../../adapters/aws/a.ts'`,
    allowed: `import '../../domain/a.ts'; import '../checks/b.ts'`,
  },
  'src/entrypoints/x.ts': {
    refused: '',
    allowed: `import '../adapters/memory/a.ts'; import '../fleet/definition.ts'; process.env`,
  },
  'src/elsewhere/x.ts': { refused: 'const a = process.env.A', allowed: '' },
};

describe('architecture', () => {
  // The project's own configuration, without the rules that take a whole program to check.
  const eslint = new ESLint({
    overrideConfig: [{ files: ['src/**'], ...tseslint.configs.disableTypeChecked }],
  });
  const linesOf = (text: string) => text.split('\n').filter((line) => line.trim() !== '');

  for (const [filePath, snippets] of Object.entries(SNIPPETS))
    for (const kind of ['refused', 'allowed'] as const)
      for (const source of linesOf(snippets[kind]))
        it(`${source.trim()} is ${kind} in ${filePath}`, async () => {
          const [result] = await eslint.lintText(source, { filePath });
          expect(result?.fatalErrorCount).to.equal(0);
          const rules = result!.messages.map(({ ruleId }) => ruleId);
          expect(rules.some((rule) => /no-restricted|no-eval/.test(rule ?? ''))).to.equal(kind === 'refused');
        });
});
