/** A list's states as tabs, each with how many there are. */

import { Tabs } from "@mantine/core";

import classes from "./StateTabs.module.css";

interface StateTabsProps<State extends string> {
  label: string;
  states: readonly State[];
  counts: Partial<Record<State, number>> | undefined;
  textOf: (state: State | "all") => string;
  /** Absent: all. */
  value: string | undefined;
  onChange: (state: string | undefined) => void;
}

export function StateTabs<State extends string>({ label, states, counts, textOf, value, onChange }: StateTabsProps<State>) {
  return (
    <Tabs value={value ?? "all"} onChange={(state) => onChange(state === "all" || state === null ? undefined : state)}>
      <Tabs.List className={classes["states"]} aria-label={label}>
        {(["all", ...states] as const).map((state) => (
          <Tabs.Tab key={state} value={state} px="xs" rightSection={state !== "all" && <small className={classes["count"]}>{counts?.[state]}</small>}>
            {textOf(state)}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
