/** A day, written ДД.ММ.ГГГГ, with the usual days at hand as the site's clocks have them; the calendar comes after the page. */

import { Input, InputBase } from "@mantine/core";

import { formatDate } from "@/shared/format/dates";
import { later } from "@/shared/ui/later";

export interface DayFilterProps {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
  /** Whose today it is; without it, the viewer's own. */
  zone?: string | undefined;
}

export const DAY_FILTER_WIDTH = { base: "calc(50% - var(--mantine-spacing-xs) / 2)", sm: 170 };

export const dayText = (day: string) => formatDate(new Date(`${day}T12:00:00Z`), "UTC");

/** It looks as it will. */
function Before({ label, value }: DayFilterProps) {
  return (
    <InputBase component="button" type="button" pointer w={DAY_FILTER_WIDTH} aria-label={value ? `${label}: ${dayText(value)}` : label}>
      {value ? dayText(value) : <Input.Placeholder>{label}</Input.Placeholder>}
    </InputBase>
  );
}

export const DayFilter = later(async () => (await import("./DayPicker")).DayPicker, Before);
