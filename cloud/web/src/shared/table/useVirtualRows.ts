/** Which rows of a long list are drawn: those in the window, a few around them, and the one that has the focus. */

import { useRouter } from "@tanstack/react-router";
import { defaultRangeExtractor, type Range, useWindowVirtualizer, type Virtualizer, type VirtualItem } from "@tanstack/react-virtual";
import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

import { PAGE_SIZE } from "@/shared/api/page";

/** Rows around the window that are drawn beforehand, and that are fetched beforehand. */
const OVERSCAN = 10;
const LEAD = 40;
/** Not more often while one scrolls: pages that only fly by are not asked for. */
const REACH_MS = 80;
const RESTS_MS = 300;

interface Options {
  /** What the rows are drawn into. */
  body: RefObject<HTMLElement | null>;
  count: number;
  /** The row that has the focus, or had it last; -1: none. */
  pinned: number;
  /** Of a row that has not been drawn yet, px. */
  estimate: number;
  gap?: number;
  keyAt: (index: number) => string;
  /** The page to begin at. */
  page: number;
  reach: (start: number, end: number) => void;
  /** One has come to rest at this page. */
  onRest: (page: number) => void;
}

export interface VirtualRows {
  virtualizer: Virtualizer<Window, HTMLElement>;
  items: VirtualItem[];
  /** What is left out before and after, px. */
  before: number;
  after: number;
}

export function useVirtualRows({ body, count, pinned, estimate, gap = 0, keyAt, page, reach, onRest }: Options): VirtualRows {
  const margin = useTop(body);
  const rangeExtractor = useCallback((range: Range) => withPinned(defaultRangeExtractor(range), pinned < count ? pinned : -1), [pinned, count]);
  const estimateSize = useCallback(() => estimate, [estimate]);
  const virtualizer = useWindowVirtualizer<HTMLElement>({
    count,
    estimateSize,
    gap,
    getItemKey: keyAt,
    overscan: OVERSCAN,
    rangeExtractor,
    scrollMargin: margin,
    useFlushSync: false,
  });
  const first = virtualizer.range?.startIndex ?? 0;
  const last = Math.min(count - 1, virtualizer.range?.endIndex ?? 0);
  useReach(first, last, reach);
  useBeginning(virtualizer, page);
  useRest(first, page, onRest);
  const items = virtualizer.getVirtualItems();
  const before = (items[0]?.start ?? margin) - margin;
  const after = virtualizer.getTotalSize() - ((items.at(-1)?.end ?? margin) - margin);
  return { virtualizer, items, before, after };
}

function withPinned(indexes: number[], pinned: number): number[] {
  if (pinned < 0 || indexes.includes(pinned)) return indexes;
  return [...indexes, pinned].sort((one, other) => one - other);
}

/** Where the rows begin on the page, px, whatever comes and goes above them. */
function useTop(body: RefObject<HTMLElement | null>): number {
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const look = () => {
      if (body.current) setTop(Math.round(body.current.getBoundingClientRect().top + window.scrollY));
    };
    look();
    const observer = new ResizeObserver(look);
    observer.observe(document.body);
    return () => observer.disconnect();
  }, [body]);
  return top;
}

function useReach(first: number, last: number, reach: (start: number, end: number) => void): void {
  const at = useRef(0);
  useEffect(() => {
    const go = () => {
      at.current = Date.now();
      reach(first - LEAD, last + LEAD);
    };
    const wait = at.current + REACH_MS - Date.now();
    const timer = setTimeout(go, Math.max(0, wait));
    return () => clearTimeout(timer);
  }, [first, last, reach]);
}

const pageAt = (index: number) => Math.floor(index / PAGE_SIZE) + 1;

/** A link to a page leads to its rows; whoever goes back in the browser is there already. */
function useBeginning(virtualizer: Virtualizer<Window, HTMLElement>, page: number): void {
  const router = useRouter();
  const [start] = useState(page);
  useEffect(() => {
    if (start <= 1) return;
    const begin = () => virtualizer.scrollToIndex((start - 1) * PAGE_SIZE, { align: "start" });
    if (pageAt(virtualizer.range?.startIndex ?? 0) !== start) begin();
    if (router.state.status === "idle") return;
    // Rows at hand are drawn before the router scrolls: to where one was, or to the top.
    const stop = router.subscribe("onRendered", () => {
      stop();
      if (window.scrollY === 0) begin();
    });
    return stop;
  }, [virtualizer, start, router]);
}

function useRest(first: number, page: number, onRest: (page: number) => void): void {
  const latest = useRef(onRest);
  useEffect(() => {
    latest.current = onRest;
  });
  const here = pageAt(first);
  useEffect(() => {
    if (here === page) return;
    const timer = setTimeout(() => latest.current(here), RESTS_MS);
    return () => clearTimeout(timer);
  }, [here, page]);
}
