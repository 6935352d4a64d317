/** Whether changes arrive by themselves; a lost connection is said quietly, with its age. */

import { Group, Text, Tooltip, VisuallyHidden } from "@mantine/core";
import { IconBolt, IconBoltOff, IconLoader } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";

import { formatAge } from "@/shared/format/dates";
import { useLiveStatus } from "@/shared/live/LiveProvider";
import { useNow } from "@/shared/live/useNow";
import classes from "./Shell.module.css";

export function LiveSign() {
  const { t, i18n } = useTranslation();
  const { state, since } = useLiveStatus();
  const now = useNow();
  const isLost = state === "lost";
  const label =
    state === "open"
      ? t("shell.live")
      : isLost
        ? t("shell.liveLost", { age: formatAge(new Date(since), now, i18n.language) })
        : t("shell.liveConnecting");
  const Icon = state === "open" ? IconBolt : isLost ? IconBoltOff : IconLoader;
  return (
    <Tooltip label={isLost ? t("shell.liveLostHint") : t("shell.liveHint")}>
      <Group
        gap={4}
        px={6}
        wrap="nowrap"
        role="status"
        data-live={state}
        c={state === "open" ? "var(--domovoy-granted)" : isLost ? "var(--domovoy-attention)" : "dimmed"}
      >
        <Icon size={16} aria-hidden />
        <Text span size="xs" visibleFrom="md" aria-hidden className={classes["live"] ?? ""}>
          {!isLost && <span>{t("shell.liveConnecting")}</span>}
          {!isLost && <span>{t("shell.live")}</span>}
          <span>{label}</span>
        </Text>
        <VisuallyHidden>{label}</VisuallyHidden>
      </Group>
    </Tooltip>
  );
}
