/** One site: its boxes, points, zones and devices, what they are and how they fare. */

import { Button, Group, Paper, Skeleton, Stack, Title } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconMapPinOff, IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { useDrivers } from "@/shared/lookups/drivers";
import { sitesQuery } from "@/shared/lookups/sites";
import { Elsewhere } from "@/shared/session/Elsewhere";
import { useMay } from "@/shared/session/me";
import { BackLink } from "@/shared/ui/BackLink";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { later, useSoon } from "@/shared/ui/later";
import { useLate } from "@/shared/ui/useLate";
import { type Box, type Device, listBoxes, listDevices, listPoints, type Point, type Site, type Zone, zonesQuery } from "./api";
import { BoxCards } from "./BoxCards";
import { BoxDialog } from "./BoxDialog";
import { DeviceDialog } from "./DeviceDialog";
import { DevicesTable } from "./DevicesTable";
import { PointsTable } from "./PointsTable";
import { RemoveDialog, type Removed } from "./RemoveDialog";
import { SiteDialog } from "./SiteDialog";
import { ZoneDialog } from "./ZoneDialog";
import { ZonesTable } from "./ZonesTable";

const loadPointDialog = async () => (await import("./PointDialog")).PointDialog;
const PointDialog = later(loadPointDialog);
const PostsDialog = later(async () => (await import("./PostsDialog")).PostsDialog);
const CodeKeysDialog = later(async () => (await import("./CodeKeysDialog")).CodeKeysDialog);

export function SitePage({ siteId }: { siteId: string }) {
  const { t } = useTranslation();
  const sites = useQuery(sitesQuery);
  const site = sites.data?.find(({ id }) => id === siteId);
  const may = useMay();
  const mayManage = may("sites.manage");
  const maySetUpGuards = may("guards.manage");
  const navigate = useNavigate();
  const [isRemoving, setRemoving] = useState(false);
  const [seesKeys, keys] = useDisclosure();
  const [seesPosts, posts] = useDisclosure();
  if (sites.isError) return <ProblemNotice error={sites.error} onRetry={() => void sites.refetch()} />;
  if (sites.isPending) return null;
  if (!site) return <NoSite />;
  return (
    <Page
      title={site.name}
      note={site.time_zone}
      back={<BackLink to="/desk/sites">{t("section.sites")}</BackLink>}
      actions={
        <>
          {mayManage && <ChangeSite site={site} />}
          {maySetUpGuards && (
            <Button variant="default" onClick={posts.open}>
              {t("sites.posts.button")}
            </Button>
          )}
          {mayManage && (
            <>
              <Button variant="default" onClick={keys.open}>
                {t("sites.codeKeys.button")}
              </Button>
              <Button variant="subtle" color="gray" c="var(--domovoy-denied)" onClick={() => setRemoving(true)}>
                {t("sites.removal.siteButton")}
              </Button>
            </>
          )}
        </>
      }
    >
      <SiteParts site={site} />
      {seesPosts && <PostsDialog site={site} onClose={posts.close} />}
      {seesKeys && <CodeKeysDialog site={site} onClose={keys.close} />}
      {isRemoving && <RemoveDialog removed={{ kind: "site", thing: site }} onClose={() => setRemoving(false)} onRemoved={() => void navigate({ to: "/desk/sites" })} />}
    </Page>
  );
}

function NoSite() {
  const { t } = useTranslation();
  return (
    <Page title={t("sites.gone")}>
      <Paper withBorder>
        <Empty
          icon={<IconMapPinOff size={28} />}
          title={t("sites.gone")}
          hint={t("sites.goneHint")}
          action={
            <>
              <BackLink to="/desk/sites">{t("section.sites")}</BackLink>
              <Elsewhere />
            </>
          }
        />
      </Paper>
    </Page>
  );
}

function ChangeSite({ site }: { site: Site }) {
  const { t } = useTranslation();
  const [isChanging, changing] = useDisclosure();
  return (
    <>
      <Button variant="default" onClick={changing.open}>
        {t("sites.changeSite")}
      </Button>
      {isChanging && <SiteDialog site={site} onClose={changing.close} />}
    </>
  );
}

type Dialog = { type: "box" } | { type: "device"; device?: Device } | { type: "point"; point?: Point } | { type: "zone"; zone?: Zone } | { type: "remove"; removed: Removed } | null;

function SiteParts({ site }: { site: Site }) {
  const { t } = useTranslation();
  useSoon(loadPointDialog);
  const boxes = useQuery({ queryKey: ["boxes", "of", site.id], queryFn: () => listBoxes(site.id) });
  const points = useQuery({ queryKey: ["points", "of", site.id], queryFn: () => listPoints(site.id) });
  const devices = useQuery({ queryKey: ["devices", "of", site.id], queryFn: () => listDevices(site.id) });
  const zones = useQuery(zonesQuery(site.id));
  const drivers = useDrivers();
  const [dialog, setDialog] = useState<Dialog>(null);
  const mayManage = useMay()("sites.manage");
  const failed = [boxes, points, devices, zones, drivers].find((query) => query.isError);
  const close = () => setDialog(null);
  const boxList: Box[] = boxes.data ?? [];
  const deviceList: Device[] = devices.data ?? [];
  const pointList: Point[] = points.data ?? [];
  const zoneList: Zone[] = zones.data ?? [];
  // All or nothing: a part that came by itself would push down those below it.
  const isPending = [boxes, points, devices, zones, drivers].some((query) => query.isPending);
  const isWaiting = useLate(isPending);
  if (isPending) return isWaiting ? <Skeletons /> : null;
  const remove = (removed: Removed) => setDialog({ type: "remove", removed });
  const devicesOf = (box: Box) => deviceList.filter((device) => device.box_id === box.id).length;
  const leadingInto = (zone: Zone) => pointList.filter((point) => point.zone_id === zone.id).map(({ name }) => name);
  return (
    <Stack gap="lg">
      {failed?.error && <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      <Part title={t("sites.boxes")} add={mayManage ? () => setDialog({ type: "box" }) : null} addLabel={t("sites.addBox")}>
        <BoxCards boxes={boxList} site={site} onRemove={mayManage ? (box) => remove({ kind: "box", thing: box, devices: devicesOf(box) }) : null} />
      </Part>
      <Part title={t("sites.points")} add={mayManage && boxList.length > 0 ? () => setDialog({ type: "point" }) : null} addLabel={t("sites.addPoint")}>
        <PointsTable
          points={pointList}
          zones={zoneList}
          devices={deviceList}
          onEdit={mayManage ? (point) => setDialog({ type: "point", point }) : null}
          onRemove={(point) => remove({ kind: "point", thing: point })}
        />
      </Part>
      <Part title={t("sites.zones")} add={mayManage ? () => setDialog({ type: "zone" }) : null} addLabel={t("sites.addZone")}>
        <ZonesTable
          zones={zoneList}
          points={pointList}
          onEdit={mayManage ? (zone) => setDialog({ type: "zone", zone }) : null}
          onRemove={(zone) => remove({ kind: "zone", thing: zone, points: leadingInto(zone) })}
        />
      </Part>
      <Part title={t("sites.devices")} add={mayManage && boxList.length > 0 ? () => setDialog({ type: "device" }) : null} addLabel={t("sites.addDevice")}>
        <DevicesTable
          devices={deviceList}
          drivers={drivers.data ?? []}
          zone={site.time_zone}
          onEdit={mayManage ? (device) => setDialog({ type: "device", device }) : null}
          onRemove={(device) => remove({ kind: "device", thing: device })}
        />
      </Part>
      {dialog?.type === "box" && <BoxDialog siteId={site.id} onClose={close} />}
      {dialog?.type === "device" && drivers.data && <DeviceDialog boxes={boxList} devices={deviceList} drivers={drivers.data} device={dialog.device} onClose={close} />}
      {dialog?.type === "point" && drivers.data && <PointDialog complexId={site.complex_id} boxes={boxList} zones={zoneList} devices={deviceList} drivers={drivers.data} points={pointList} point={dialog.point} onClose={close} />}
      {dialog?.type === "zone" && <ZoneDialog site={site} zones={zoneList} zone={dialog.zone} onClose={close} />}
      {dialog?.type === "remove" && <RemoveDialog removed={dialog.removed} onClose={close} />}
    </Stack>
  );
}

function Skeletons() {
  return (
    <Stack gap="lg" aria-busy>
      {[240, 160, 120, 200].map((height) => (
        <Skeleton key={height} height={height} />
      ))}
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

