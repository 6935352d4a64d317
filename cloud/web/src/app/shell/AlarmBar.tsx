/** Critical alarms stay on top of every screen until somebody takes them. */

import { Alert, Group, Text } from "@mantine/core";
import { IconHexagonMinusFilled } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { answer, api } from "@/shared/api/client";
import { useMay } from "@/shared/session/me";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";

export function AlarmBar() {
  const { t } = useTranslation();
  const may = useMay();
  const urgent = useQuery({
    queryKey: ["alarms", "urgent"],
    queryFn: () => answer(api.GET("/api/alarms", { params: { query: { state: ["open"], severity: ["critical"], page_size: 1 } } })),
    enabled: may("alarms.read"),
  });
  const [newest] = urgent.data?.items ?? [];
  if (!newest) return null;
  const kind = t(`alarms.kind.${newest.kind as "stream_gap"}`, { defaultValue: newest.kind });
  const what = `${kind}: ${newest.site_name}, ${newest.box_name}`;
  return (
    <Alert color="red" variant="light" mb="sm" py="xs" icon={<IconHexagonMinusFilled />} role="alert">
      <Group justify="space-between" gap="xs">
        <Text size="sm" fw={600}>
          {t("alarms.urgent", { count: urgent.data?.total ?? 1, what })}
        </Text>
        <LinkAnchor to="/desk/alarms" search={{ severity: "critical", open: newest.id }} size="sm" fw={600} c="inherit" underline="always">
          {t("alarms.look")}
        </LinkAnchor>
      </Group>
    </Alert>
  );
}
