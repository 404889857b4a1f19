/**
 * The lines themselves. They are text nodes and nothing else: what a run prints is never markup here.
 * The list goes along with its end until the person scrolls up, and again once they are back at the bottom.
 */
import type { TranslationBundle } from '@jupyterlab/translation';
import { memo, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';
import type { IShownLine } from './log-buffer.js';
import { highlight, visibleText } from './log-text.js';

/** So near to the bottom counts as there. */
const BOTTOM_PX = 24;

export interface ILogLinesProps {
  readonly lines: readonly IShownLine[];
  readonly label: string;
  /** What is said where there are no lines. */
  readonly empty: ReactNode;
  readonly search: string;
  readonly follow: boolean;
  readonly wrap: boolean;
  readonly timestamps: boolean;
  readonly trans: TranslationBundle;
  readonly onFollow: (follow: boolean) => void;
}

export function LogLines(props: ILogLinesProps): ReactElement {
  const { lines, label, empty, search, follow, wrap, timestamps, trans, onFollow } = props;
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const node = box.current;
    if (follow && node !== null) node.scrollTop = node.scrollHeight;
  }, [follow, lines, wrap, timestamps]);
  const onScroll = (): void => {
    const node = box.current;
    if (node === null) return;
    const atBottom = node.scrollHeight - node.scrollTop - node.clientHeight < BOTTOM_PX;
    if (atBottom !== follow) onFollow(atBottom);
  };
  return (
    <div
      ref={box}
      className={wrap ? 'jp-BerthLog-lines jp-mod-wrap' : 'jp-BerthLog-lines'}
      role="log"
      aria-live="off"
      aria-label={label}
      tabIndex={0}
      onScroll={onScroll}
    >
      {empty !== null && <p className="jp-BerthEmpty">{empty}</p>}
      {lines.map(line => (
        <Line key={line.seq} line={line} search={search} timestamps={timestamps} trans={trans} />
      ))}
    </div>
  );
}

interface ILineProps {
  readonly line: IShownLine;
  readonly search: string;
  readonly timestamps: boolean;
  readonly trans: TranslationBundle;
}

const Line = memo(function Line({ line, search, timestamps, trans }: ILineProps): ReactElement {
  const mark = line.stream === 'stderr' ? trans.__('err') : line.stream === 'note' ? trans.__('note') : '';
  return (
    <div className="jp-BerthLog-line" data-stream={line.stream}>
      <span className="jp-BerthLog-mark">{mark}</span>
      {timestamps && <time className="jp-BerthLog-time">{clockTime(line.atMs)}</time>}
      <span className="jp-BerthLog-text">
        {highlight(visibleText(line.text), search).map(({ text, hit }, index) =>
          hit ? <mark key={index}>{text}</mark> : text
        )}
      </span>
    </div>
  );
});

/** Local time of day with milliseconds. */
function clockTime(atMs: number): string {
  const date = new Date(atMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const millis = String(date.getMilliseconds()).padStart(3, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${millis}`;
}
