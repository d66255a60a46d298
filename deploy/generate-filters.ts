import { readFileSync, writeFileSync } from 'node:fs';
import { filtersOf } from '../src/entrypoints/deployment/filters.ts';
import { fleet } from '../src/fleet/definition.ts';
import { withFilters } from './template-sections.ts';

/* Brings the filters in the template into line with the fleet's rows: `npm run generate:filters`. */

const template = new URL('template.yaml', import.meta.url);
const { filters } = filtersOf(fleet.model);
writeFileSync(template, withFilters(readFileSync(template, 'utf8'), filters));
console.log(`${filters.length} filters written into deploy/template.yaml`);
