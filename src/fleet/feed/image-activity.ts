import type { Step } from './plans.ts';
import { number, text } from './attribute.ts';
import { firstSubject, insertImage, PREVIEW, type Subject, subjectOf } from './image.ts';
import { Pool } from './pool.ts';
import type { FeedContext } from './feed-context.ts';
import type { Item } from './table.ts';
import * as words from './words.ts';

/** The images of one entity that has some, from the oldest to the newest. */
interface Gallery {
  readonly subject: Subject;
  readonly images: Item[];
}

const MOST_IN_A_GALLERY = 20;
const LEAST_ROOM = 30;

/** The image rows: uploads, edits and removals, of all organisations. */
export class ImageActivity {
  readonly #context: FeedContext;
  readonly #registration: () => string | undefined;
  readonly #galleries = new Pool<Gallery>();
  readonly #byKey = new Map<string, Gallery>();
  #images = 0;

  /** `registration` names one that may get images. */
  constructor(context: FeedContext, registration: () => string | undefined) {
    this.#context = context;
    this.#registration = registration;
  }

  /** The first images, so that there are some of every kind: of both entity types, the platform's and a tenant's. */
  begin(): Step[] {
    return [0, 1, 2, 3].map((n) => () => void this.#upload(firstSubject(n, this.#registration())));
  }

  /** One image more, or one less where there are enough. */
  upload(): void {
    if (this.#images >= Math.max(this.#context.fleet, LEAST_ROOM)) this.removeOldest();
    else this.#upload(this.#subject());
  }

  /** Several images of one entity in a row. */
  uploadMany(): void {
    const { random, plans } = this.#context;
    const subject = this.#subject();
    plans.add(new Array<() => void>(random.int(3, 8)).fill(() => void this.#upload(subject)));
  }

  removeOldest(): void {
    this.#remove(this.#pick()?.images[0]);
  }

  removeNewest(): void {
    this.#remove(this.#pick()?.images.at(-1));
  }

  /** All images of one entity go, in any order. */
  purge(): void {
    const gallery = this.#pick();
    if (gallery === undefined) return;
    const step = () => this.#remove(this.#image(gallery));
    this.#context.plans.add(new Array<() => void>(gallery.images.length).fill(step));
  }

  /** What search and default rows repeat changes. */
  edit(): void {
    const item = this.#image();
    if (item === undefined) return;
    const { random, table } = this.#context;
    if (random.chance(0.8)) table.update(item, { caption: text(words.caption(random)) });
    else table.update(item, { credit: random.chance(0.3) ? undefined : text(words.credit(random)) });
  }

  /** What no other row repeats changes. */
  touch(): void {
    const item = this.#image();
    if (item === undefined) return;
    const { random, table } = this.#context;
    if (random.chance(0.7)) table.update(item, { views: number(random.int(1, 90_000)) });
    else table.update(item, { notes: words.note(random), tags: words.tags(random) });
  }

  /** One image changes many times in a row. */
  burst(): void {
    const item = this.#image();
    if (item === undefined) return;
    const { random, table, plans } = this.#context;
    const step = () => {
      if (random.chance(0.7)) table.update(item, { caption: text(words.caption(random)) });
      else table.update(item, { views: number(random.int(1, 90_000)) });
    };
    plans.add(new Array<() => void>(random.int(7, 20)).fill(step));
  }

  /** An image is uploaded, removed and restored. */
  flap(): void {
    const subject = this.#subject();
    const item = this.#upload(subject);
    this.#context.plans.add([() => this.#remove(item), () => this.#restore(subject, item)]);
  }

  #upload(subject: Subject): Item {
    const { random, table, expiries } = this.#context;
    const preview = random.chance(0.04);
    const expiresAt = table.now + PREVIEW;
    const item = insertImage(this.#context, subject, preview);
    if (preview) expiries.add(item, expiresAt, () => this.#forget(item));
    this.#hang(subject, item);
    return item;
  }

  #remove(item: Item | undefined): void {
    if (item === undefined) return;
    this.#context.table.remove(item);
    this.#forget(item);
  }

  #restore(subject: Subject, { pk, sk, image, live }: Item): void {
    if (live) return;
    const kept = Object.entries(image).filter(([name]) => name !== 'ttl');
    this.#hang(subject, this.#context.table.insert(pk, sk, Object.fromEntries(kept)));
  }

  #hang(subject: Subject, item: Item): void {
    let gallery = this.#byKey.get(item.pk);
    if (gallery === undefined) {
      gallery = { subject, images: [] };
      this.#byKey.set(item.pk, gallery);
      this.#galleries.add(gallery);
    }
    // What is restored may be older than what has been uploaded since.
    const place = gallery.images.findLastIndex((other) => other.sk < item.sk);
    gallery.images.splice(place + 1, 0, item);
    this.#images += 1;
  }

  #forget(item: Item): void {
    const gallery = this.#byKey.get(item.pk);
    const place = gallery?.images.indexOf(item) ?? -1;
    if (gallery === undefined || place < 0) return;
    gallery.images.splice(place, 1);
    this.#images -= 1;
    if (gallery.images.length > 0) return;
    this.#byKey.delete(item.pk);
    this.#galleries.delete(gallery);
  }

  #pick(): Gallery | undefined {
    return this.#galleries.pick(this.#context.random);
  }

  #image(gallery = this.#pick()): Item | undefined {
    return gallery === undefined || gallery.images.length === 0
      ? undefined
      : this.#context.random.pick(gallery.images);
  }

  /** An entity to upload images of: often one that has some. */
  #subject(): Subject {
    const { random } = this.#context;
    const gallery = random.chance(0.6) ? this.#pick() : undefined;
    if (gallery !== undefined && gallery.images.length < MOST_IN_A_GALLERY) return gallery.subject;
    return subjectOf(random, this.#registration());
  }
}
