import { readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Proposal } from '../../../../application/propose/proposal.ts';
import type { Plan } from '../plan.ts';
import type { Sampled } from '../sampled.ts';
import { definitionText } from './definition-text.ts';
import { deploymentText, filtersText, parametersText } from './deployment-text.ts';
import type { ProjectFile } from './project-files.ts';
import { testText } from './test-text.ts';

const HANDLER = `import { createHandler } from 'contrail';
import definition from './contrail.config.js';

export const handler = createHandler(definition);
`;

const TSCONFIG = {
  compilerOptions: {
    module: 'NodeNext',
    target: 'ES2023',
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
  },
};

/** All files of the project. */
export function filesOf(folder: string, plan: Plan, proposal: Proposal, sampled: Sampled): ProjectFile[] {
  return [
    { path: 'contrail.config.ts', text: definitionText(plan, proposal, sampled) },
    { path: 'contrail.config.test.ts', text: testText(plan) },
    { path: 'handler.ts', text: HANDLER },
    { path: 'deployment/README.md', text: deploymentText(plan, sampled) },
    { path: 'deployment/parameters.json', text: parametersText(sampled) },
    { path: 'deployment/filters.json', text: filtersText(plan) },
    packageFile(folder),
    { path: 'tsconfig.json', text: `${JSON.stringify(TSCONFIG, undefined, 2)}\n`, onlyIfMissing: true },
  ];
}

/** With the versions that this release is made and tested with. */
function packageFile(folder: string): ProjectFile {
  const own = JSON.parse(readFileSync(new URL('../../../../../package.json', import.meta.url), 'utf8')) as {
    readonly version: string;
    readonly devDependencies: Readonly<Record<string, string>>;
  };
  const tools = ['@types/node', 'esbuild', 'tsx', 'typescript'];
  const wanted = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z\d]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const isTaken = ['contrail', ...tools].includes(wanted);
  const name = wanted === '' ? 'derived' : isTaken ? `${wanted}-definition` : wanted;
  const json = {
    name,
    private: true,
    type: 'module',
    scripts: {
      test: 'node --import tsx --test contrail.config.test.ts',
      typecheck: 'tsc',
      build: 'contrail build',
      filters: 'contrail filters --out deployment/filters.json',
    },
    dependencies: { contrail: `^${own.version}` },
    devDependencies: Object.fromEntries(tools.map((tool) => [tool, own.devDependencies[tool] ?? '*'])),
  };
  return {
    path: 'package.json',
    text: `${JSON.stringify(json, undefined, 2)}\n`,
    onlyIfMissing: true,
    ...(isTaken
      ? { note: `The package is called ${name}: one that is called ${wanted} cannot install ${wanted}.` }
      : {}),
  };
}
