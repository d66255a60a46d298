/** Tables as one makes them for one's own worker, and statements on them. */
export class PeerTables {
  readonly #schema: string;

  constructor(schema: string) {
    this.#schema = schema;
  }

  get creation(): string {
    const s = this.#schema;
    return `create schema ${s};
create table ${s}.rows (pk text, sk text, sequence numeric not null, attributes jsonb, primary key (pk, sk));
create table ${s}.documents (collection text, id text, fields jsonb not null, primary key (collection, id));
create table ${s}.counts (tuple jsonb primary key, count bigint not null);
create table ${s}.pointers (pk text primary key, sk text not null, attributes jsonb not null)`;
  }

  /** Gives a row where it was older. */
  get keepRow(): string {
    return `insert into ${this.#schema}.rows as r values ($1, $2, $3::numeric, $4::jsonb)
on conflict (pk, sk) do update set sequence = excluded.sequence, attributes = excluded.attributes where r.sequence < excluded.sequence
returning 1 as kept`;
  }

  get putDocument(): string {
    return `insert into ${this.#schema}.documents values ($1, $2, $3::jsonb)
on conflict (collection, id) do update set fields = excluded.fields returning 1`;
  }

  get removeDocument(): string {
    return `delete from ${this.#schema}.documents where collection = $1 and id = $2`;
  }

  get count(): string {
    return `insert into ${this.#schema}.counts as c values ($1::jsonb, $2::bigint) on conflict (tuple) do update set count = c.count + excluded.count`;
  }

  /** To the image that it points to, while that is there, otherwise to the newest. */
  get pointTo(): string {
    const s = this.#schema;
    return `with image as (
  select r.sk, r.attributes from ${s}.rows r left join ${s}.pointers p on p.pk = r.pk and p.sk = r.sk
  where r.pk = $1::text and r.sk like 'IMG#%' and r.attributes is not null
  order by p.sk is null, r.sk desc limit 1
), gone as (delete from ${s}.pointers where pk = $1 and not exists (select from image))
insert into ${s}.pointers select $1, sk, attributes from image
on conflict (pk) do update set sk = excluded.sk, attributes = excluded.attributes`;
  }

  /** What it has derived, to be compared with what others have. */
  get totals(): string {
    const s = this.#schema;
    return `select (select count(*) from ${s}.documents)::text as documents,
  (select count(*) || ' of ' || coalesce(sum(count), 0) from ${s}.counts where count > 0) as counts,
  (select count(*) from ${s}.pointers)::text as pointers`;
  }
}
