import { readFileSync, writeFileSync } from 'node:fs';
import { ROW_MODELS } from '../src/adapters/dynamodb-stream/row-models.ts';
import { filtersOf } from './filters.ts';
import { withFilters } from './template-filters.ts';

/* Brings the filters in the template into line with the row models: `npm run generate:filters`. */

const template = new URL('template.yaml', import.meta.url);
const filters = filtersOf(ROW_MODELS);
writeFileSync(template, withFilters(readFileSync(template, 'utf8'), filters));
console.log(`${filters.length} filters written into deploy/template.yaml`);
