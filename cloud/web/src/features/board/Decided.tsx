/** What a guard made of a passage: who, what, why. */

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { decisionText } from "@/shared/format/decisions";
import type { Passage } from "./api";

export function Decided({ passage: { decided } }: { passage: Pick<Passage, "decided"> }) {
  const { t } = useTranslation();
  if (!decided) return null;
  const why = decisionText(decided, t);
  return (
    <Text size="sm">
      <b>{t("watch.byGuard", { verdict: t(`watch.verdict.${decided.verdict}`), guard: decided.guard })}</b>
      {why && `, ${why}`}
    </Text>
  );
}
