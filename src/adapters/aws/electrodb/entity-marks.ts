/** The entity of states of rows that are counted. */
export const COUNT_STATE = 'count-state';

/** The entity of states of rows from which rows are derived. */
export const ROWS_STATE = 'rows-state';

/** The entity of states of rows that effects have run for. */
export const EFFECT_STATE = 'effect-state';

/** The entity of fences of documents. */
export const SEARCH_FENCE = 'search-fence';

/** What ElectroDB tells rows of its entities by: in each that Contrail writes, so that its own reads take them. */
export function entityMarks(entity: string) {
  return { __edb_e__: entity, __edb_v__: '1' };
}
