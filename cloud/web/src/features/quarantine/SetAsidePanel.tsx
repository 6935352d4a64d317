/** One thing that was set aside: why, how often, and how it begins. */

import { Code, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";

import { formatBytes } from "@/shared/format/numbers";
import { useZoneOf } from "@/shared/lookups/sites";
import { Age } from "@/shared/ui/Age";
import { Facts } from "@/shared/ui/Facts";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { SidePanel } from "@/shared/ui/SidePanel";
import type { SetAside } from "./api";

export function SetAsidePanel({ item, onClose }: { item: SetAside; onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const zone = useZoneOf()(item.site_id);
  return (
    <SidePanel title={t(`quarantine.reason.${item.reason}`)} onClose={onClose}>
      <Stack gap="md">
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {item.detail}
        </Text>
        <Facts
          items={[
            [
              t("passes.site"),
              <LinkAnchor key="site" to="/desk/sites/$siteId" params={{ siteId: item.site_id }} fz="inherit">
                {item.site_name}
              </LinkAnchor>,
            ],
            [t("sites.boxOne"), item.box_name],
            [t("quarantine.channel"), item.channel],
            [t("quarantine.stream"), item.stream_id],
            [t("quarantine.sequence"), item.sequence],
            [t("quarantine.size"), formatBytes(item.size, i18n.language)],
            [t("quarantine.times"), item.times],
            [t("quarantine.first"), <Age key="first" at={item.first_at} zone={zone} />],
            [t("quarantine.last"), <Age key="last" at={item.last_at} zone={zone} />],
          ]}
        />
        <Text size="sm" fw={550}>
          {t("quarantine.content")}
        </Text>
        <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
          {item.text ?? item.hex}
        </Code>
      </Stack>
    </SidePanel>
  );
}
