import type { PointerWrite } from '../../../application/ports/image-repository.ts';
import {
  type Entity,
  type Member,
  type MemberPrecondition,
  memberOf,
  preconditionsOf,
  sortPartsOf,
} from '../../../domain/pointer.ts';
import { DecodedAttributes, equalRecords } from '../../../domain/value.ts';
import { partitionId, sourceRowId } from '../replica/source-row-id.ts';
import { jsonbOfRecord } from '../values/jsonb.ts';
import { storedText } from '../values/text.ts';
import { partsJson, pointerColumns, targetId } from './pointer-id.ts';

/** A write, ready to be sent: all but its place, as JSON without the braces, and the same of each row that it depends on. */
export interface PreparedWrite {
  readonly json: string;
  readonly conditions: readonly string[];
}

/** @returns undefined where no state of the table is as the write asks. */
export function preparedWrite({ view, member }: PointerWrite): PreparedWrite | undefined {
  const { entity, revision } = view;
  const preconditions = preconditionsOf(view, member);
  if (preconditions?.every((condition) => canBe(entity, condition.member)) !== true) return undefined;
  const columns = JSON.stringify({
    ...pointerColumns(entity),
    target: member === undefined ? null : targetId(entity, member),
    revision: revision ?? null,
    removes: member === undefined,
  });
  const content = member === undefined ? '' : `,"attributes":${jsonbOfRecord(member.attributes)}`;
  return {
    json: `${columns.slice(1, -1)},"parts":${partsJson(entity)}${content}`,
    conditions: preconditions.map((condition) => conditionJson(entity, condition)),
  };
}

/** What a pointer repeats of a row's key is as the key says: that need not be looked up. */
function canBe(entity: Entity, member: Member | undefined): boolean {
  if (member === undefined) return true;
  const parts = sortPartsOf(entity.model, member.sort);
  if (parts === undefined) return false;
  const row = new DecodedAttributes(new Map(Object.entries(member.attributes)));
  return equalRecords(memberOf(entity, parts, row).attributes, member.attributes);
}

function conditionJson({ model, parts }: Entity, { sort, member }: MemberPrecondition): string {
  const partition = model.partition.render(parts);
  const names = model.repeat.filter((name) => !model.repeatedParts.includes(name));
  const columns = JSON.stringify({
    id: sourceRowId({ partition, sort }),
    partition: storedText(partition),
    sort: storedText(sort),
    partition_id: partitionId(partition),
    kind: model.kind,
    names: names.map(storedText),
  });
  if (member === undefined) return columns.slice(1, -1);
  const expected = Object.fromEntries(
    Object.entries(member.attributes).filter(([name]) => names.includes(name)),
  );
  return `${columns.slice(1, -1)},"expected":${jsonbOfRecord(expected)}`;
}
