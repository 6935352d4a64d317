/** From when until when, on the site's clock. */

import { Group, Input, SegmentedControl } from "@mantine/core";
import { DateTimePicker } from "@mantine/dates";
import "@mantine/dates/styles.css";
import { useTranslation } from "react-i18next";

import type { Entered } from "./draft";

type Period = Pick<Entered, "from" | "until">;

interface PeriodFieldsProps {
  values: Period;
  patch: (period: Partial<Period>) => void;
  error: (path: string, ...names: ("from" | "until" | "validity")[]) => string | undefined;
}

interface ValidityFieldProps<V extends Entered["validity"]> extends PeriodFieldsProps {
  choices: readonly V[];
  values: Period & { validity: V };
  onChoose: (choice: V) => void;
}

/** Today, tomorrow, between two moments, or without end. What is refused stands beside the moment, or else the choice. */
export function ValidityField<V extends Entered["validity"]>({ choices, values, onChoose, patch, error }: ValidityFieldProps<V>) {
  const { t } = useTranslation();
  const isPeriod = values.validity === "period";
  const refusal = isPeriod ? undefined : (error("valid_until", "validity") ?? error("valid_from", "validity"));
  return (
    <>
      <SegmentedControl
        aria-label={t("passes.validity")}
        data={choices.map((choice) => ({ value: choice, label: t(`passes.valid.${choice}`) }))}
        value={values.validity}
        onChange={onChoose}
      />
      {refusal && <Input.Error role="alert">{refusal}</Input.Error>}
      {isPeriod && <PeriodFields values={values} patch={patch} error={error} />}
    </>
  );
}

function PeriodFields({ values, patch, error }: PeriodFieldsProps) {
  const { t } = useTranslation();
  const common = { valueFormat: "DD.MM.YYYY HH:mm", clearable: true } as const;
  return (
    <Group grow align="flex-start">
      <DateTimePicker
        {...common}
        label={t("field.from")}
        placeholder={t("passes.now")}
        value={values.from}
        error={error("valid_from", "from", "validity")}
        onChange={(from) => patch({ from })}
      />
      <DateTimePicker
        {...common}
        label={t("field.until")}
        placeholder={t("passes.noEnd")}
        value={values.until}
        error={error("valid_until", "until", "validity")}
        onChange={(until) => patch({ until })}
      />
    </Group>
  );
}
