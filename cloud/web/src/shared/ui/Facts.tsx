/** Names and values of a card, one under another. */

import type { ReactNode } from "react";

import classes from "./Facts.module.css";

interface FactsProps {
  items: readonly (readonly [name: string, value: ReactNode] | null)[];
}

/** Empty values are left out: a card shows what is known. */
export function Facts({ items }: FactsProps) {
  return (
    <dl className={classes["facts"]}>
      {items.map((item) => {
        if (item === null || item[1] === null || item[1] === undefined || item[1] === false || item[1] === "") return null;
        return (
          <div key={item[0]} className={classes["fact"]}>
            <dt>{item[0]}</dt>
            <dd>{item[1]}</dd>
          </div>
        );
      })}
    </dl>
  );
}
