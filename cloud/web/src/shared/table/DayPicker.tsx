/** The day filter's calendar. */

import { DatePickerInput } from "@mantine/dates";
import { useTranslation } from "react-i18next";

import { dayAfter, FIRST_DAY, isoDay, LAST_DAY } from "@/shared/format/dates";
import { DAY_FILTER_WIDTH, dayText, type DayFilterProps } from "./DayFilter";
import "@mantine/dates/styles.css";

export function DayPicker({ label, value, onChange, zone }: DayFilterProps) {
  const { t } = useTranslation();
  const today = isoDay(new Date(), zone);
  const presets = (["yesterday", "today", "tomorrow"] as const).map((name, index) => ({
    value: dayAfter(today, index - 1),
    label: t(`date.${name}`),
  }));
  return (
    <DatePickerInput
      w={DAY_FILTER_WIDTH}
      aria-label={value ? `${label}: ${dayText(value)}` : label}
      placeholder={label}
      value={value ?? null}
      onChange={(day) => onChange(day ?? undefined)}
      valueFormat="DD.MM.YYYY"
      minDate={FIRST_DAY}
      maxDate={LAST_DAY}
      presets={presets}
      clearable
    />
  );
}
