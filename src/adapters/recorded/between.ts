import { CLOSE_LIST, CLOSE_OBJECT, COMMA, OPEN_LIST, OPEN_OBJECT } from './bytes.ts';
import type { Cursor } from './cursor.ts';
import { excerpt, EXCERPT_BYTES } from './excerpt.ts';
import { EXPECTED_INPUT } from './interpret.ts';
import { listStep } from './list-step.ts';
import type { Break } from './resync.ts';
import type { List, Surroundings } from './surroundings.ts';
import type { Value } from './value.ts';

/**
 * How reading goes on:
 * - `wait`: for more bytes;
 * - `value`: with the value at the cursor;
 * - `resume`: with the rest of an event whose records are read;
 * - `resync`: at a later line indented by no more than this, as nothing can be read here.
 *
 * What is not `wanted` is a part of something that was reported already.
 */
export type Next =
  | { readonly does: 'wait' }
  | { readonly does: 'value'; readonly opensRecords: boolean; readonly wanted: boolean }
  | { readonly does: 'resume'; readonly event: Value; readonly wanted: boolean }
  | { readonly does: 'resync'; readonly indent: number; readonly found?: Break };

const WAIT: Next = { does: 'wait' };

/** Reads what stands between values: blanks, commas, and the brackets of the lists whose elements are read singly. */
export class Between {
  private readonly cursor: Cursor;
  private readonly around: Surroundings;

  constructor(cursor: Cursor, around: Surroundings) {
    this.cursor = cursor;
    this.around = around;
  }

  /** Moves the cursor to where something else than `Between` has to go on; `final` when no more bytes will come. */
  read(final: boolean): Next {
    const { around, cursor } = this;
    if (!cursor.skipByteOrderMark() && !final) return WAIT;
    for (;;) {
      const role = cursor.skipBlanks();
      if (role === undefined) {
        if (final) this.around.end();
        return WAIT;
      }
      const { list } = around;
      const next = list === undefined ? this.atTop(role, final) : this.inList(list, role, final);
      if (next !== undefined) return next;
    }
  }

  private atTop(role: number, final: boolean): Next | undefined {
    const { around, cursor } = this;
    const afterValue = around.expected === 'separator';
    // No comma: this is the next value of the file, not the next element of a list that was given up.
    if (afterValue && (role === OPEN_OBJECT || role === OPEN_LIST)) around.orphaned = false;
    if (role === OPEN_OBJECT) return { does: 'value', opensRecords: true, wanted: true };
    if (role === OPEN_LIST) {
      around.openList();
      return undefined;
    }
    if (around.orphaned) {
      const closes = role === CLOSE_LIST || role === CLOSE_OBJECT;
      if (closes || (role === COMMA && around.expected !== 'value')) {
        around.skipOrphan(closes);
        return undefined;
      }
      // What is left of the object around the list: what comes after that object is indented less.
      if (around.expected === 'first') return { does: 'resync', indent: Math.max(0, cursor.indent() - 1) };
    }
    const rest = cursor.restOfLine(EXCERPT_BYTES, final);
    if (rest === undefined) return WAIT;
    // Right behind something that was a problem it is a part of that.
    if (around.isSoreOnLine()) return { does: 'resync', indent: 0 };
    const message = `expected ${EXPECTED_INPUT}; found ${excerpt(rest)}`;
    return { does: 'resync', indent: 0, found: { line: cursor.line, message } };
  }

  private inList(list: List, role: number, final: boolean): Next | undefined {
    const { around, cursor } = this;
    const atMargin = around.atMargin(list);
    const step = listStep(role, around.expected, atMargin);
    if (step.wrong !== undefined) around.complain(step.wrong);
    switch (step.does) {
      case 'value': {
        // At the margin it may be an event of its own, when the one around it broke off just before.
        const opensRecords = list.event === undefined || list.detached || atMargin;
        return { does: 'value', opensRecords, wanted: around.accepts(role) };
      }
      case 'comma':
        around.skipComma();
        return undefined;
      case 'close':
        around.close();
        return list.event === undefined
          ? undefined
          : { does: 'resume', event: list.event, wanted: !around.sore };
      case 'abandon':
        around.abandon(cursor.line);
        return undefined;
      case 'stray': {
        const rest = cursor.restOfLine(EXCERPT_BYTES, final);
        if (rest === undefined) return WAIT;
        around.complain(`expected a comma or the end of the list; found ${excerpt(rest)}`);
        around.skipStray();
        return undefined;
      }
    }
  }
}
