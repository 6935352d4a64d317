/** From when until when, on the site's clock. */

import { Group } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useTranslation } from "react-i18next";

import type { Entered } from "./draft";

type Period = Pick<Entered, "from" | "until">;

interface PeriodFieldsProps {
  values: Period;
  patch: (period: Partial<Period>) => void;
  error: (path: string) => string | undefined;
}

export function PeriodFields({ values, patch, error }: PeriodFieldsProps) {
  const { t, i18n } = useTranslation();
  const common = { valueFormat: "DD.MM.YYYY HH:mm", locale: i18n.language, firstDayOfWeek: 1, clearable: true } as const;
  return (
    <Group grow align="flex-start">
      <DateTimePicker
        {...common}
        label={t("field.from")}
        placeholder={t("passes.now")}
        value={values.from}
        error={error("valid_from")}
        onChange={(from) => patch({ from })}
      />
      <DateTimePicker
        {...common}
        label={t("field.until")}
        placeholder={t("passes.noEnd")}
        value={values.until}
        error={error("valid_until")}
        onChange={(until) => patch({ until })}
      />
    </Group>
  );
}
