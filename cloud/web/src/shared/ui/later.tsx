/** Parts of a page that are seldom wanted at once: loaded when the browser has nothing else to do, so that a click finds them there. */

import { type ComponentType, lazy, type ReactNode, Suspense, useEffect } from "react";

/** The component once it is loaded; before that what stands in its place. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>, before?: (props: P) => ReactNode): ComponentType<P> {
  const Part = lazy(async () => ({ default: await load() })) as unknown as ComponentType<P>;
  return function Later(props: P) {
    return (
      <Suspense fallback={before?.(props) ?? null}>
        <Part {...props} />
      </Suspense>
    );
  };
}

const LATEST_MS = 2_000;

/** Load it while nobody waits for it. `load`: the same for all of the component's life. */
export function useSoon(load: () => Promise<unknown>): void {
  useEffect(() => {
    const go = () => void load().catch(() => undefined); // whoever opens it is told
    if (!("requestIdleCallback" in window)) {
      const timer = setTimeout(go, LATEST_MS);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(go, { timeout: LATEST_MS });
    return () => cancelIdleCallback(idle);
  }, [load]);
}
