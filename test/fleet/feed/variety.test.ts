import type { AttributeValue } from 'aws-lambda';
import { expect } from 'chai';
import { generateRecords } from '../../../src/fleet/feed/generate.ts';
import { rowModel } from '../../support/factories.ts';
import { changesOf, type FeedRecord, read } from './replay.ts';

const SEARCHED = rowModel('faa-registration').documents[0]?.fields as readonly string[];

const ROWS: Record<string, (row: { pk: string; sk: string }) => boolean> = {
  faa: ({ pk, sk }) =>
    pk === 'AIRCRAFT#REGISTRY#FAA' &&
    /^DETAIL#N[1-9](\d{0,4}|\d{0,3}[A-HJ-NP-Z]|\d{0,2}[A-HJ-NP-Z]{2})$/.test(sk),
  foreign: ({ pk, sk }) => pk === 'AIRCRAFT#REGISTRY#FOREIGN' && /^DETAIL#(?!N)[A-Z].+$/.test(sk),
  'platform image of a registration': image('SYSTEM', 'REGISTRATION'),
  'platform image of a type': image('SYSTEM', 'ICAO'),
  'tenant image of a registration': image('(?!SYSTEM#)[^#]+', 'REGISTRATION'),
  'tenant image of a type': image('(?!SYSTEM#)[^#]+', 'ICAO'),
  type: ({ pk, sk }) => pk === 'ICAO#AIRCRAFT' && /^TYPE#[A-Z0-9]{2,4}$/.test(sk),
  manufacturer: ({ pk, sk }) => pk === 'ICAO#MANUFACTURERS' && /^MFR#[A-Z' ]+$/.test(sk),
  variant: ({ pk, sk }) => pk === 'ICAO#VARIANTS' && sk.startsWith('VARIANT#'),
  link: ({ pk, sk }) => pk === 'FAA#LINKS' && /^MFR_MDL_CODE#[A-Z0-9]{7}#SN#.+$/.test(sk),
  user: ({ pk, sk }) => /^USER#[0-9a-f]{8}$/.test(pk) && sk === 'PROFILE',
  session: ({ pk, sk }) => /^USER#[0-9a-f]{8}$/.test(pk) && sk.startsWith('SESSION#'),
  flight: ({ pk, sk }) => /^FLIGHT#[A-Z]{3}\d{4}$/.test(pk) && sk.startsWith('LEG#'),
};

function image(org: string, entityType: string): (row: { pk: string; sk: string }) => boolean {
  const pattern = new RegExp(`^IMAGES#ORG#${org}#ENTITY#${entityType}#ID#.+$`);
  return ({ pk, sk }) => pattern.test(pk) && /^IMG#[0-9A-HJKMNP-TV-Z]{26}$/.test(sk);
}

function kindOf(change: FeedRecord): string | undefined {
  return Object.keys(ROWS).find((name) => ROWS[name]!(change));
}

/** The names of the attributes that a change changes. */
function changed({ before = {}, after = {} }: FeedRecord): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
}

function tuple(row: Record<string, AttributeValue> | undefined): string | undefined {
  const fields = [row?.['manufacturer'], row?.['model'], row?.['type_designator']].map((field) =>
    field?.S?.trim(),
  );
  return fields.every(Boolean) ? JSON.stringify(fields) : undefined;
}

for (const seed of [1, 2, 3, 42, -5, 2 ** 40 + 17]) {
  describe(`generated feed of 1,000 records, seed ${seed}`, () => {
    const records = [...generateRecords({ seed, records: 1000 })].map(read);
    const changes = [...changesOf(generateRecords({ seed, records: 1000 }))];
    const relevant = changes.filter(({ pk }) => !/^(USER|FLIGHT)#/.test(pk));
    const links = changes.filter((change) => kindOf(change) === 'link');
    const images = changes.filter(({ pk }) => pk.startsWith('IMAGES#'));
    const count = (list: readonly FeedRecord[], test: (change: FeedRecord) => unknown) =>
      list.filter(test).length;

    it('holds every kind of row, and no other', () => {
      expect([...new Set(changes.map(kindOf))]).to.have.members(Object.keys(ROWS));
    });

    it('holds every operation on registrations, images, links and reference rows', () => {
      const pairs = changes.map((change) => `${change.operation} ${change.pk.split('#', 1)[0]}`);
      const kinds = ['AIRCRAFT', 'IMAGES', 'FAA', 'ICAO'];
      const wanted = kinds.flatMap((kind) =>
        ['INSERT', 'MODIFY', 'REMOVE'].map((operation) => `${operation} ${kind}`),
      );
      expect(pairs).to.include.members(wanted);
    });

    it('holds deletions by time to live, of relevant rows too', () => {
      const deletions = changes.filter(({ byTimeToLive }) => byTimeToLive);
      expect(deletions.every(({ operation }) => operation === 'REMOVE')).to.equal(true);
      expect(deletions[0]!.record.userIdentity).to.deep.equal({
        type: 'Service',
        principalId: 'dynamodb.amazonaws.com',
      });
      expect(count(deletions, (change) => /session|flight/.test(kindOf(change)!))).to.be.greaterThan(3);
      expect(count(deletions, (change) => relevant.includes(change))).to.be.greaterThan(0);
    });

    it('holds duplicates, some at once and some late', () => {
      const gaps: number[] = [];
      const places = new Map<bigint, number>();
      for (const [place, { sequence }] of records.entries()) {
        const first = places.get(sequence);
        if (first === undefined) places.set(sequence, place);
        else gaps.push(place - first);
      }
      expect(gaps.filter((gap) => gap === 1)).not.to.be.empty;
      expect(gaps.filter((gap) => gap > 20)).not.to.be.empty;
    });

    it('holds bursts: five changes and more of one item within 40 records', () => {
      const hot = new Set<string>();
      const places = new Map<string, number[]>();
      for (const [place, { item }] of relevant.entries()) {
        const recent = [...(places.get(item) ?? []), place].filter((other) => other > place - 40);
        places.set(item, recent);
        if (recent.length >= 5) hot.add(item);
      }
      expect([...hot].map((item) => (JSON.parse(item) as string[])[0]!.split('#', 1)[0])).to.include.members([
        'AIRCRAFT',
        'IMAGES',
        'FAA',
      ]);
    });

    it('holds insert, remove, insert of one key', () => {
      const history = new Map<string, string>();
      for (const { item, operation } of relevant)
        history.set(item, (history.get(item) ?? '') + operation.charAt(0));
      const flapping = [...history]
        .filter(([, text]) => /IM*RM*I/.test(text))
        .map(([item]) => item.slice(2, 5));
      expect(flapping).to.include.members(['AIR', 'IMA', 'FAA', 'ICA']);
    });

    it('holds changes of what search holds, and of nothing that it does', () => {
      const updates = changes.filter(
        ({ pk, operation }) => pk.startsWith('AIRCRAFT#') && operation === 'MODIFY',
      );
      const seen = count(updates, (change) => changed(change).some((name) => SEARCHED.includes(name)));
      expect(seen / updates.length).to.be.within(0.25, 0.75);
      const edits = images.filter(({ operation }) => operation === 'MODIFY').map(changed);
      expect(edits.some((names) => names.includes('caption'))).to.equal(true);
      expect(edits.some((names) => names.includes('views'))).to.equal(true);
    });

    it('holds links whose tuples move, are lost, gained and only padded', () => {
      const moves = links.filter(({ operation }) => operation === 'MODIFY');
      const pairs = moves.map((change) => ({ change, from: tuple(change.before), to: tuple(change.after) }));
      expect(
        pairs.some(({ from, to }) => from && to && from !== to),
        'moved',
      ).to.equal(true);
      expect(
        pairs.some(({ from, to }) => from && !to),
        'lost',
      ).to.equal(true);
      expect(
        pairs.some(({ from, to }) => !from && to),
        'gained',
      ).to.equal(true);
      const padded = pairs.filter(
        ({ change, from, to }) => from && from === to && changed(change).length === 1,
      );
      expect(
        padded.some(({ change }) => /^(manu|model|type)/.test(changed(change)[0]!)),
        'padded',
      ).to.equal(true);
    });

    it('holds images that come in bursts, and go from both ends', () => {
      const galleries = new Map<string, string[]>();
      const ends = { oldest: 0, newest: 0, last: 0 };
      let most = 0;
      for (const { pk, sk, operation } of images) {
        const ids = (galleries.get(pk) ?? []).sort();
        if (operation === 'REMOVE' && ids.length === 1) ends.last += 1;
        else if (operation === 'REMOVE' && ids[0] === sk) ends.oldest += 1;
        else if (operation === 'REMOVE' && ids.at(-1) === sk) ends.newest += 1;
        galleries.set(
          pk,
          operation === 'REMOVE' ? ids.filter((id) => id !== sk) : [...new Set([...ids, sk])],
        );
        most = Math.max(most, galleries.get(pk)!.length);
      }
      expect(most).to.be.greaterThan(3);
      expect(
        Object.values(ends).every((times) => times > 0),
        JSON.stringify(ends),
      ).to.equal(true);
    });

    it('holds ids that need encoding, and values that are hard to decode', () => {
      const ids = relevant.map(
        ({ pk, sk }) => `${pk.split('#ID#')[1] ?? ''} ${sk.split('#').slice(1).join('#')}`,
      );
      for (const part of [/[^ -~]/, /\S \S/, /#/, /%|"|\//])
        expect(
          ids.some((id) => part.test(id)),
          String(part),
        ).to.equal(true);
      const values = relevant.flatMap(({ after }) => Object.values(after ?? {}));
      expect(
        values.some(({ N }) => N !== undefined && N.length >= 30),
        'many digits',
      ).to.equal(true);
      expect(
        values.some(({ SS }) => SS !== undefined),
        'string set',
      ).to.equal(true);
      expect(
        values.some(({ M }) => M?.['line']?.M !== undefined),
        'nested map',
      ).to.equal(true);
      expect(
        values.some(({ S }) => S !== undefined && /[^ -~]/.test(S)),
        'beyond ASCII',
      ).to.equal(true);
    });

    it('holds records as Lambda words them', () => {
      for (const { record } of records) {
        expect(record.eventID).to.match(/^[0-9a-f]{32}$/);
        expect(record).to.include({
          eventVersion: '1.1',
          eventSource: 'aws:dynamodb',
          awsRegion: 'eu-central-1',
        });
        expect(record.eventSourceARN).to.match(/\/stream\/2026-01-05T09:00:00\.000$/);
        const { Keys, SizeBytes, StreamViewType } = record.dynamodb!;
        expect(Object.keys(Keys!)).to.deep.equal(['PK', 'SK']);
        expect(StreamViewType).to.equal('NEW_AND_OLD_IMAGES');
        expect(SizeBytes).to.be.within(40, JSON.stringify(record).length);
      }
    });
  });
}
