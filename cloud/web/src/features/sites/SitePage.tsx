/** One site: its boxes, points and devices, what they are and how they fare. */

import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronLeft, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { sitesQuery } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { LinkAnchor } from "@/shared/ui/LinkAnchor";
import { type Box, type Device, listBoxes, listDevices, listPoints, type Point, type Site } from "./api";
import { BoxCards } from "./BoxCards";
import { BoxDialog } from "./BoxDialog";
import { DeviceDialog } from "./DeviceDialog";
import { DevicesTable } from "./DevicesTable";
import { PointDialog } from "./PointDialog";
import { PointsTable } from "./PointsTable";
import { SiteDialog } from "./SiteDialog";

export function SitePage({ siteId }: { siteId: string }) {
  const { t } = useTranslation();
  const sites = useQuery(sitesQuery);
  const site = sites.data?.find(({ id }) => id === siteId);
  if (sites.isError) return <ProblemNotice error={sites.error} onRetry={() => void sites.refetch()} />;
  if (sites.isPending) return null;
  if (!site) return <Text>{t("sites.gone")}</Text>;
  return (
    <Page title={site.name} note={site.time_zone} actions={<ChangeSite site={site} />}>
      <LinkAnchor to="/desk/sites" size="sm">
        <Group gap={4}>
          <IconChevronLeft size={15} />
          {t("section.sites")}
        </Group>
      </LinkAnchor>
      <SiteParts site={site} />
    </Page>
  );
}

function ChangeSite({ site }: { site: Site }) {
  const { t } = useTranslation();
  const mayManage = useMay()("sites.manage");
  const [isChanging, changing] = useDisclosure();
  if (!mayManage) return null;
  return (
    <>
      <Button variant="default" onClick={changing.open}>
        {t("sites.changeSite")}
      </Button>
      {isChanging && <SiteDialog site={site} onClose={changing.close} />}
    </>
  );
}

type Dialog = { type: "box" } | { type: "device"; device?: Device } | { type: "point"; point?: Point } | null;

function SiteParts({ site }: { site: Site }) {
  const { t } = useTranslation();
  const boxes = useQuery({ queryKey: ["boxes", "of", site.id], queryFn: () => listBoxes(site.id) });
  const points = useQuery({ queryKey: ["points", "of", site.id], queryFn: () => listPoints(site.id) });
  const devices = useQuery({ queryKey: ["devices", "of", site.id], queryFn: () => listDevices(site.id) });
  const [dialog, setDialog] = useState<Dialog>(null);
  const mayManage = useMay()("sites.manage");
  const failed = [boxes, points, devices].find((query) => query.isError);
  const close = () => setDialog(null);
  const boxList: Box[] = boxes.data ?? [];
  return (
    <Stack gap="lg">
      {failed?.error && <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      <Part title={t("sites.boxes")} add={mayManage ? () => setDialog({ type: "box" }) : null} addLabel={t("sites.addBox")}>
        <BoxCards boxes={boxList} site={site} />
      </Part>
      <Part title={t("sites.points")} add={mayManage && boxList.length > 0 ? () => setDialog({ type: "point" }) : null} addLabel={t("sites.addPoint")}>
        <PointsTable points={points.data ?? []} devices={devices.data ?? []} onEdit={mayManage ? (point) => setDialog({ type: "point", point }) : null} />
      </Part>
      <Part title={t("sites.devices")} add={mayManage && boxList.length > 0 ? () => setDialog({ type: "device" }) : null} addLabel={t("sites.addDevice")}>
        <DevicesTable devices={devices.data ?? []} zone={site.time_zone} onEdit={mayManage ? (device) => setDialog({ type: "device", device }) : null} />
      </Part>
      {dialog?.type === "box" && <BoxDialog siteId={site.id} onClose={close} />}
      {dialog?.type === "device" && <DeviceDialog boxes={boxList} device={dialog.device} onClose={close} />}
      {dialog?.type === "point" && <PointDialog boxes={boxList} devices={devices.data ?? []} point={dialog.point} onClose={close} />}
    </Stack>
  );
}

interface PartProps {
  title: string;
  add: (() => void) | null;
  addLabel: string;
  children: ReactNode;
}

function Part({ title, add, addLabel, children }: PartProps) {
  return (
    <Stack gap="xs" component="section">
      <Group justify="space-between">
        <Title order={2} fz={17}>
          {title}
        </Title>
        {add && (
          <Button size="xs" variant="default" leftSection={<IconPlus size={14} />} onClick={add}>
            {addLabel}
          </Button>
        )}
      </Group>
      {children}
    </Stack>
  );
}

