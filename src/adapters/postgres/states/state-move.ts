import { type ItemKey, itemKey, keyOf, type Row } from '../../../domain/row.ts';
import { TOMBSTONE_SECONDS } from '../../../domain/tombstones.ts';
import type { Version } from '../../../domain/version.ts';
import type { Names } from '../schema/names.ts';
import { hashedKey } from '../values/hashed-key.ts';
import { storedText } from '../values/text.ts';
import { versionColumns } from '../values/version-columns.ts';

/** A row as one derivation sees it. */
export interface StateOwner {
  readonly model: { readonly name: string };
  readonly row: Row;
}

/** What a state's row is known by. */
export function stateId({ model, row }: StateOwner): string {
  return hashedKey(model.name, itemKey(keyOf(row)));
}

/** A state going from what it was to what it is to be. */
export interface StateMove {
  readonly source: StateOwner;
  /** The version of the state that was read; undefined where there was none, or where it was not read. */
  readonly from: Version | undefined;
  /** Of a state that was not read: what it is taken to hold, as JSON. */
  readonly assumed?: { readonly content: string; readonly isNothing: boolean } | undefined;
  readonly to: { readonly version: Version; readonly removed: boolean };
  /** What it is to hold, as JSON. */
  readonly content: string;
}

/** The parameter of `MOVED_STATES`: moves are known by their place. Not `JSON.stringify` alone, as contents are JSON with all digits already. */
export function statesParameter(moves: readonly StateMove[]): string {
  return `[${moves.map(stateJson).join()}]`;
}

function stateJson({ source, from, assumed, to, content }: StateMove, n: number): string {
  const { partition, sort }: ItemKey = keyOf(source.row);
  const json = JSON.stringify({
    n,
    id: stateId(source),
    derivation: source.model.name,
    partition: storedText(partition),
    sort: sort === undefined ? null : storedText(sort),
    ...versionColumns(to.version),
    removed: to.removed,
    starts: assumed !== undefined ? 'assumed' : from === undefined ? 'none' : 'read',
    may_be_new: assumed === undefined ? from === undefined : assumed.isNothing,
    ...(from !== undefined && prefixed(from)),
  });
  return `${json.slice(0, -1)},"content":${content}${assumed === undefined ? '' : `,"from_content":${assumed.content}`}}`;
}

function prefixed(version: Version) {
  const { generation, epoch, sequence, fill } = versionColumns(version);
  return { from_generation: generation, from_epoch: epoch, from_sequence: sequence, from_fill: fill };
}

/**
 * The parts `move`, of `$1`, and `moved`, which of them were made, of a statement: each where its state is the one that it starts from.
 *
 * New states are inserted in the order of their ids, then those that are there are locked in it, so that two calls wait for each other only
 * one way round. What is locked is as it is by then, whatever it was as the statement began. A state that somebody else has inserted
 * since is not seen: its move is not made.
 *
 * @param unless what keeps a move from being tried, as a condition on `m`.
 */
export function movedStates({ states }: Names, unless = 'false'): string {
  return `move as materialized (
  select m.* from json_to_recordset($1::json) as m(
    n integer, id bytea, derivation text, partition text, sort text,
    generation bigint, epoch text, sequence numeric, leading_zeros integer, fill bigint, removed boolean, content jsonb,
    starts text, may_be_new boolean,
    from_generation bigint, from_epoch text, from_sequence numeric, from_fill bigint, from_content jsonb
  )
  where not (${unless})
),
inserted as (
  insert into ${states} (id, derivation, partition, sort, generation, epoch, sequence, leading_zeros, fill, removed, content,
    expires_at)
  select id, derivation, partition, sort, generation, epoch, sequence, leading_zeros, fill, removed, content,
    case when removed then now() + interval '${TOMBSTONE_SECONDS} seconds' end
  from move where may_be_new
  order by id
  on conflict (id) do nothing
  returning id
),
locked as materialized (
  select s.id from ${states} s
  where s.id in (select id from move where starts <> 'none')
  order by s.id
  for update
),
updated as (
  update ${states} s
  set generation = m.generation, epoch = m.epoch, sequence = m.sequence, leading_zeros = m.leading_zeros,
    fill = m.fill, removed = m.removed, content = m.content,
    expires_at = case when m.removed then now() + interval '${TOMBSTONE_SECONDS} seconds' end
  from move m join locked l on l.id = m.id
  where s.id = m.id and case m.starts
    when 'read' then (s.generation, s.epoch, s.sequence, s.fill)
      = (m.from_generation, m.from_epoch collate "C", m.from_sequence, m.from_fill)
    when 'assumed' then (s.generation, s.epoch, s.sequence, s.fill) < (m.generation, m.epoch collate "C", m.sequence, m.fill)
      and s.content = m.from_content
    else false end
  returning s.id
),
moved as materialized (
  select m.n from (select id from inserted union all select id from updated) done join move m on m.id = done.id
)`;
}
