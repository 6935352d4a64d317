/** "5 min ago", with the exact moment on hover and for screen readers. */

import { Text, Tooltip } from "@mantine/core";
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
    <Tooltip label={formatDateTime(moment, zone, true)}>
      <Text span inherit component="time" dateTime={at} style={{ whiteSpace: "nowrap" }}>
        {formatAge(moment, now, i18n.language)}
      </Text>
    </Tooltip>
  );
}
