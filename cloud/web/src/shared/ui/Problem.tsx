/** A refusal or a lost connection, said in words, with what helps. */

import { Alert, Button, Group, Text } from "@mantine/core";
import { IconAlertTriangle, IconCloudOff } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { Elsewhere } from "@/shared/session/Elsewhere";

/** The sentence for an error: the server's own words when it gave some. Of fields it is what is wrong with each. */
export function useProblemText(): (error: Error) => string {
  const { t } = useTranslation();
  return (error) => {
    if (!(error instanceof Problem)) return t("problem.unexpected");
    if (error.code === Problem.NETWORK) return t("problem.network");
    if (error.isTemporary) return t("problem.temporary");
    const ofFields = new Set(error.fields.map(({ message }) => message));
    return [...ofFields].join(" ") || error.message || t("problem.status", { status: error.status });
  };
}

interface ProblemNoticeProps {
  error: Error;
  onRetry?: (() => void) | undefined;
}

export function ProblemNotice({ error, onRetry }: ProblemNoticeProps) {
  const { t } = useTranslation();
  const text = useProblemText();
  const isNotFound = error instanceof Problem && error.status === 404;
  const isSettled = isNotFound || (error instanceof Problem && error.status === 403); // asking again helps nobody
  const isAway = error instanceof Problem && error.isTemporary;
  return (
    <Alert color={isAway ? "yellow" : "red"} icon={isAway ? <IconCloudOff /> : <IconAlertTriangle />} role="alert">
      <Group justify="space-between" align="center">
        <Text size="sm">{text(error)}</Text>
        {onRetry && !isSettled && (
          <Button size="xs" variant="default" onClick={onRetry}>
            {t("action.retry")}
          </Button>
        )}
      </Group>
      {onRetry && isNotFound && <Elsewhere />}
    </Alert>
  );
}
