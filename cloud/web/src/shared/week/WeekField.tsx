/** On which days and at which hours: a row for each window. */

import { Button, CloseButton, Group, Input, Stack, Text, TextInput } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { BLANK, dayName, type EnteredWindow, isAnyHour, isOvernight, WEEK } from "./week";
import classes from "./WeekField.module.css";

interface WeekFieldProps {
  windows: readonly EnteredWindow[];
  onChange: (windows: EnteredWindow[]) => void;
  /** The server's words about `schedule`, or about a part of it. */
  error: (path: string) => string | undefined;
}

const PARTS = ["days", "from_minute", "until_minute"] as const;
type Part = (typeof PARTS)[number];

export function WeekField({ windows, onChange, error }: WeekFieldProps) {
  const { t } = useTranslation();
  const rows = windows.length > 0 ? windows : [BLANK];
  const faultsOf = (index: number) => (part: Part) => error(`schedule.${index}.${part}`);
  const isInRows = rows.some((_, index) => PARTS.some(faultsOf(index)));
  const replace = (index: number, changed: EnteredWindow[]) => onChange(rows.flatMap((row, at) => (at === index ? changed : [row])));
  return (
    <Input.Wrapper label={t("week.label")} labelElement="div" description={t("week.hint")} error={isInRows ? undefined : error("schedule")} role="group" aria-label={t("week.label")}>
      <Stack gap={8} mt={6} mb={4}>
        {rows.map((window, index) => (
          <WindowRow
            key={index}
            window={window}
            faultOf={faultsOf(index)}
            onChange={(changed) => replace(index, [changed])}
            onRemove={isAnyHour(rows) ? undefined : () => replace(index, [])}
          />
        ))}
        {!isAnyHour(rows) && (
          <Button variant="subtle" size="compact-sm" style={{ alignSelf: "flex-start" }} leftSection={<IconPlus size={14} />} onClick={() => onChange([...rows, BLANK])}>
            {t("week.add")}
          </Button>
        )}
      </Stack>
    </Input.Wrapper>
  );
}

interface WindowRowProps {
  window: EnteredWindow;
  faultOf: (part: Part) => string | undefined;
  onChange: (window: EnteredWindow) => void;
  onRemove: (() => void) | undefined;
}

function WindowRow({ window, faultOf, onChange, onRemove }: WindowRowProps) {
  const { t } = useTranslation();
  const faults = [...new Set(PARTS.map(faultOf).filter(Boolean))];
  return (
    <div>
      <Group gap="6px 12px">
        <Days days={window.days} isRefused={faultOf("days") !== undefined} onChange={(days) => onChange({ ...window, days })} />
        <Group gap={6} wrap="nowrap">
          <Hour label={t("week.from")} placeholder="00:00" value={window.from} isRefused={faultOf("from_minute") !== undefined} onChange={(from) => onChange({ ...window, from })} />
          <span aria-hidden>–</span>
          <Hour label={t("week.until")} placeholder="24:00" value={window.until} isRefused={faultOf("until_minute") !== undefined} onChange={(until) => onChange({ ...window, until })} />
          {isOvernight(window) && (
            <Text span size="xs" c="dimmed">
              {t("week.nextDay")}
            </Text>
          )}
          {onRemove && <CloseButton size="sm" aria-label={t("action.remove")} onClick={onRemove} />}
        </Group>
      </Group>
      {faults.map((fault) => (
        <Input.Error key={fault} role="alert" mt={4}>
          {fault}
        </Input.Error>
      ))}
    </div>
  );
}

interface DaysProps {
  days: readonly number[];
  isRefused: boolean;
  onChange: (days: number[]) => void;
}

function Days({ days, isRefused, onChange }: DaysProps) {
  const { t, i18n } = useTranslation();
  return (
    <div role="group" aria-label={t("week.days")} className={classes["days"]}>
      {WEEK.map((day) => (
        <Button
          key={day}
          size="xs"
          px={0}
          variant={days.includes(day) ? "filled" : "default"}
          aria-pressed={days.includes(day)}
          aria-label={dayName(day, i18n.language, "long")}
          data-error={isRefused || undefined}
          className={classes["day"] ?? ""}
          onClick={() => onChange(WEEK.filter((each) => (each === day) !== days.includes(each)))}
        >
          {dayName(day, i18n.language)}
        </Button>
      ))}
    </div>
  );
}

interface HourProps {
  label: string;
  placeholder: string;
  value: string;
  isRefused: boolean;
  onChange: (typed: string) => void;
}

function Hour({ label, placeholder, value, isRefused, onChange }: HourProps) {
  return (
    <TextInput
      size="xs"
      className={classes["hour"] ?? ""}
      inputMode="numeric"
      aria-label={label}
      placeholder={placeholder}
      value={value}
      error={isRefused}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
