import type { Entity } from '../../domain/pointer.ts';
import type { AskedEntity } from './subject.ts';

/** One string per entity; no two share one. */
export function entityName({ derivation, parts }: AskedEntity): string {
  return JSON.stringify([derivation, ...parts]);
}

export function nameOfEntity({ model, parts }: Entity): string {
  return entityName({ derivation: model.name, parts });
}
