/** What ElectroDB tells rows of its entities by: in each that Contrail writes, so that its own reads take them. */
export function entityMarks(entity: string) {
  return { __edb_e__: entity, __edb_v__: '1' };
}
