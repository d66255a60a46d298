import { Option } from 'commander';

/** `--definition FILE`, as every command has it that works on a definition. */
export function definitionOption(): Option {
  return new Option('--definition <file>', 'what is derived from the table; see below');
}

/** What help texts say of it. */
export const DEFINITION_HELP = `The definition of the table is the default export of a file of TypeScript or
JavaScript. Without --definition it is that of contrail.config.ts (.mts, .js,
.mjs) in the current folder; without such a file, that of an aircraft fleet.`;
