/** What narrows a pass beside its term: what its kind is about stands open, the rest behind a button. */

import { Button, Input, SegmentedControl, TextInput } from "@mantine/core";
import { IconChevronDown, IconChevronRight } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { TextField } from "@/shared/form/useDraft";
import { WeekField } from "@/shared/week/WeekField";
import { CONDITIONS, type Condition, isCalledFor, isSaid } from "./conditions";
import type { Entered } from "./draft";
import { PointsField } from "./PointsField";

/** Of one pass, or of all those of a table. */
interface ConditionDraft {
  values: Pick<Entered, Condition | "kind">;
  patch: (values: Partial<Pick<Entered, Condition>>) => void;
  text: (name: "ticket") => TextField;
  error: (path: string, ...names: (Condition | "kind" | "entries" | "siteId")[]) => string | undefined;
}

interface ConditionProps {
  draft: ConditionDraft;
  siteId: string;
}

/** What the kind is about. */
export function CalledCondition({ draft, siteId }: ConditionProps) {
  const { kind } = draft.values;
  return CONDITIONS.filter((condition) => isCalledFor(condition, kind)).map((condition) => (
    <ConditionField key={condition} condition={condition} draft={draft} siteId={siteId} />
  ));
}

/** The others: what is said, or refused, is always seen. */
export function OtherConditions({ draft, siteId }: ConditionProps) {
  const { t } = useTranslation();
  const { values, error } = draft;
  const others = CONDITIONS.filter((condition) => !isCalledFor(condition, values.kind));
  const needsSeeing = (condition: Condition) => isSaid(condition, values) || error(condition) !== undefined;
  const [isOpen, setOpen] = useState(others.some(needsSeeing));
  const Chevron = isOpen ? IconChevronDown : IconChevronRight;
  return (
    <>
      <Button
        variant="subtle"
        color="gray"
        size="compact-sm"
        style={{ alignSelf: "flex-start" }}
        leftSection={<Chevron size={16} />}
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {t("passes.conditions")}
      </Button>
      {others.filter((condition) => isOpen || needsSeeing(condition)).map((condition) => (
        <ConditionField key={condition} condition={condition} draft={draft} siteId={siteId} />
      ))}
    </>
  );
}

const WAYS = ["both", "in", "out"] as const;

function ConditionField({ condition, draft, siteId }: ConditionProps & { condition: Condition }) {
  const { t } = useTranslation();
  const { values, patch, error } = draft;
  switch (condition) {
    case "schedule":
      return <WeekField windows={values.schedule} error={(path) => error(path, "kind")} onChange={(schedule) => patch({ schedule })} />;
    case "points":
      return <PointsField siteId={siteId} points={values.points} error={error("points", "entries", "kind", "schedule", "siteId")} onChange={(points) => patch({ points })} />;
    case "direction":
      return (
        <Input.Wrapper label={t("passes.direction")} labelElement="div" error={error("direction")}>
          <SegmentedControl
            fullWidth
            aria-label={t("passes.direction")}
            data={WAYS.map((way) => ({ value: way, label: t(`passes.ways.${way}`) }))}
            value={values.direction ?? "both"}
            onChange={(way) => patch({ direction: way === "both" ? null : way })}
          />
        </Input.Wrapper>
      );
    case "ticket":
      return <TextInput label={t("passes.column.ticket")} description={t("passes.ticketHint")} {...draft.text("ticket")} />;
  }
}
