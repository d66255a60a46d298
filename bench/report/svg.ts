/** One row of a chart of bars. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** What stands behind the bar, such as `1,230/s`. */
  readonly text: string;
  /** Lowest and highest, drawn as a line across the bar's end. */
  readonly range?: readonly [low: number, high: number];
  /** Contrail's own bars stand out from its peers'. */
  readonly own?: boolean;
}

export interface BarGroup {
  readonly title: string;
  readonly bars: readonly Bar[];
}

export interface Chart {
  readonly title: string;
  /** What the bars' lengths say, and which are better. */
  readonly note: string;
  readonly groups: readonly BarGroup[];
  /** Each bar's length by its logarithm, from the power of ten below the smallest. */
  readonly logarithmic?: boolean;
}

const WIDTH = 760;
const LABELS = 210;
const TEXTS = 130;
const ROW = 22;
const PAD = 16;

/** Colours for light pages and, by the viewer's own preference, for dark ones. */
const STYLE = `
text { font: 13px system-ui, -apple-system, 'Segoe UI', sans-serif; fill: #1f2328 }
.title { font-size: 16px; font-weight: 600 }
.group { font-weight: 600 }
.note, .value { fill: #59636e }
.own { fill: #0969da }
.peer { fill: #afb8c1 }
.range { stroke: #1f2328; stroke-width: 1.5 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note, .value { fill: #9198a1 }
  .own { fill: #4493f8 }
  .peer { fill: #59636e }
  .range { stroke: #e6edf3 }
}`;

/** A chart of horizontal bars on a transparent ground, as an SVG document. */
export function barChart({ title, note, groups, logarithmic = false }: Chart): string {
  const values = groups.flatMap(({ bars }) => bars.map(({ value }) => value));
  const scale = scaleOf(values, logarithmic);
  const parts: string[] = [];
  let y = PAD + 16;
  const text = (x: number, content: string, kind: string) =>
    parts.push(`<text x="${x}" y="${y}" class="${kind}">${escape(content)}</text>`);
  text(PAD, title, 'title');
  y += ROW;
  text(PAD, note, 'note');
  for (const group of groups) {
    y += ROW * 1.3;
    text(PAD, group.title, 'group');
    for (const { label, value, text: shown, range, own = false } of group.bars) {
      y += ROW;
      const end = LABELS + scale(value);
      const last = range === undefined ? end : Math.max(end, LABELS + scale(range[1]));
      text(PAD, label, 'label');
      parts.push(
        `<rect x="${LABELS}" y="${y - 12}" width="${round(end - LABELS)}" height="16" rx="2" class="${own ? 'own' : 'peer'}"/>`,
      );
      if (range !== undefined)
        parts.push(
          `<line x1="${round(LABELS + scale(range[0]))}" x2="${round(last)}" y1="${y - 4}" y2="${y - 4}" class="range"/>`,
        );
      text(round(last) + 8, shown, 'value');
    }
  }
  const height = round(y + PAD);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escape(title)}">`,
    `<style>${STYLE}</style>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function scaleOf(values: readonly number[], logarithmic: boolean): (value: number) => number {
  const room = WIDTH - LABELS - TEXTS;
  const most = Math.max(...values);
  if (!logarithmic) return (value) => Math.max(0, (Math.min(value, most) / most) * room);
  const from = Math.floor(Math.log10(Math.min(...values)) - 0.01);
  const span = Math.log10(most) - from;
  return (value) => Math.max(0, Math.min(1, (Math.log10(value) - from) / span)) * room;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
