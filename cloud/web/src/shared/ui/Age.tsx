/**
 * "5 min ago", with the exact moment on hover: a title, for lists draw these by the dozen while one scrolls. That time goes
 * on is no news: where news is read out, only what it belongs to is.
 */

import { Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatAge, formatDateTime } from "@/shared/format/dates";
import { useNow } from "@/shared/live/useNow";

interface AgeProps {
  at: string;
  zone?: string | undefined;
}

export function Age({ at, zone }: AgeProps) {
  const { i18n } = useTranslation();
  const now = useNow();
  const moment = new Date(at);
  return (
    <Text span inherit component="time" aria-live="off" dateTime={at} title={formatDateTime(moment, zone, true)} style={{ whiteSpace: "nowrap" }}>
      {formatAge(moment, now, i18n.language)}
    </Text>
  );
}
