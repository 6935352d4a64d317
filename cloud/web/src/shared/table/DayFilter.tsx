/** A day, written ДД.ММ.ГГГГ, with the usual days at hand as the site's clocks have them. */

import { DatePickerInput } from "@mantine/dates";
import { useTranslation } from "react-i18next";

import { dayAfter, isoDay } from "@/shared/format/dates";
import "@mantine/dates/styles.css";

interface DayFilterProps {
  label: string;
  value: string | undefined;
  onChange: (day: string | undefined) => void;
  /** Whose today it is; without it, the viewer's own. */
  zone?: string | undefined;
}

export function DayFilter({ label, value, onChange, zone }: DayFilterProps) {
  const { t, i18n } = useTranslation();
  const today = isoDay(new Date(), zone);
  const presets = (["yesterday", "today", "tomorrow"] as const).map((name, index) => ({
    value: dayAfter(today, index - 1),
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
