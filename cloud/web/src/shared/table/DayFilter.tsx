/** A day, written ДД.ММ.ГГГГ, with the usual days at hand. */

import { DatePickerInput } from "@mantine/dates";
import { useTranslation } from "react-i18next";

import { isoDay } from "@/shared/format/dates";
import "@mantine/dates/styles.css";

interface DayFilterProps {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
}

const DAY_MS = 86_400_000;

export function DayFilter({ label, value, onChange }: DayFilterProps) {
  const { t, i18n } = useTranslation();
  const today = new Date();
  const presets = (["yesterday", "today", "tomorrow"] as const).map((name, index) => ({
    value: isoDay(new Date(today.getTime() + (index - 1) * DAY_MS)),
    label: t(`date.${name}`),
  }));
  return (
    <DatePickerInput
      w={{ base: "calc(50% - 5px)", sm: 170 }}
      aria-label={label}
      placeholder={label}
      value={value ?? null}
      onChange={(day) => onChange(day ?? undefined)}
      valueFormat="DD.MM.YYYY"
      locale={i18n.language}
      firstDayOfWeek={1}
      presets={presets}
      clearable
    />
  );
}
