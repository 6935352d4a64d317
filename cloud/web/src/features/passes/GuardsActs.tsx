/** What guards did about a pass: that it was made at a gate, what they decided by it, what they noted. */

import { Alert, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { decisionText } from "@/shared/format/decisions";
import { Age } from "@/shared/ui/Age";
import { guardsActsQuery } from "./api";

export function GuardsActs({ passId, zone }: { passId: string; zone: string | undefined }) {
  const { t } = useTranslation();
  const { data } = useQuery(guardsActsQuery(passId));
  if (!data || (!data.made && data.decisions.length + data.notes.length === 0)) return null;
  const decided = data.decisions.map((row) => ({
    ...row,
    text: [t("watch.byGuard", { verdict: t(`watch.verdict.${row.verdict}`), guard: row.guard }), decisionText(row, t)].filter(Boolean).join(" · "),
  }));
  const noted = data.notes.map((row) => ({ ...row, text: `${row.guard}: ${row.text}` }));
  const lines = [...decided, ...noted].sort((one, other) => other.at.localeCompare(one.at));
  return (
    <Stack gap={4} component="section" aria-label={t("watch.about")}>
      {data.made?.state === "conflict" && (
        <Alert color="red" role="note">
          {t("watch.draftState.conflict")}: {data.made.reason}
        </Alert>
      )}
      {data.made && (
        <Text size="sm">
          {t("watch.made")}: {data.made.guard} · <Age at={data.made.at} zone={zone} />
        </Text>
      )}
      {lines.map(({ id, at, text }) => (
        <Text key={id} size="sm">
          {text} ·{" "}
          <Text span c="dimmed" inherit>
            <Age at={at} zone={zone} />
          </Text>
        </Text>
      ))}
    </Stack>
  );
}
