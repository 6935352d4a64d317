/** All sites with the state of their boxes: what needs somebody now stands first. */

import { Button, Card, Group, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronRight, IconPlus, IconRouter } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useRef } from "react";
import { useTranslation } from "react-i18next";

import { useComplex } from "@/shared/complex/useComplex";
import { useKeys } from "@/shared/keys/useKeys";
import { useLinkKeys } from "@/shared/keys/useLinkKeys";
import { sitesQuery } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { Status } from "@/shared/ui/Status";
import { useLate } from "@/shared/ui/useLate";
import { type Box, listBoxes, type Site } from "./api";
import { SiteDialog } from "./SiteDialog";
import { boxCondition, BoxStatus } from "./states";

const URGENCY = { offline: 0, behind: 1, new: 2, online: 3, revoked: 4 } as const;

export function SitesPage() {
  const { t } = useTranslation();
  const may = useMay();
  const sites = useQuery(sitesQuery);
  const complex = useComplex();
  const here = sites.data?.filter((site) => complex === undefined || site.complex_id === complex);
  const boxes = useQuery({ queryKey: ["boxes", "all"], queryFn: () => listBoxes() });
  const [isCreating, creating] = useDisclosure();
  // A tile tells of its boxes: it is drawn with them, so that it does not grow under the pointer.
  const isWhole = !boxes.isPending;
  const isWaiting = useLate(sites.isPending || !isWhole);
  const tiles = useRef<HTMLDivElement>(null);
  useKeys([["n", () => may("sites.manage") && creating.open()]]);
  useLinkKeys(tiles);
  const add = may("sites.manage") && (
    <Button leftSection={<IconPlus size={16} />} onClick={creating.open}>
      {t("add.site")}
    </Button>
  );
  return (
    <Page title={t("section.sites")} actions={add}>
      {sites.isError && <ProblemNotice error={sites.error} onRetry={() => void sites.refetch()} />}
      {boxes.isError && <ProblemNotice error={boxes.error} onRetry={() => void boxes.refetch()} />}
      {isWaiting && <Skeleton height={140} />}
      {here?.length === 0 && (
        <Card withBorder>
          <Empty icon={<IconRouter size={28} />} title={t(complex ? "sites.noneHere" : "sites.none")} hint={t(complex ? "sites.noneHereHint" : "sites.noneHint")} action={add} />
        </Card>
      )}
      <SimpleGrid ref={tiles} cols={{ base: 1, md: 2, xl: 3 }}>
        {isWhole && here?.map((site) => (
          <SiteTile key={site.id} site={site} boxes={(boxes.data ?? []).filter((box) => box.site_id === site.id)} />
        ))}
      </SimpleGrid>
      {isCreating && <SiteDialog onClose={creating.close} />}
    </Page>
  );
}

function SiteTile({ site, boxes }: { site: Site; boxes: Box[] }) {
  const { t } = useTranslation();
  const sorted = [...boxes].sort((a, b) => URGENCY[boxCondition(a)] - URGENCY[boxCondition(b)]);
  return (
    <Card withBorder component={Link} to="/desk/sites/$siteId" params={{ siteId: site.id } as never} c="inherit" td="none">
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap">
          <Text fw={650}>{site.name}</Text>
          <IconChevronRight size={18} aria-hidden />
        </Group>
        {sorted.length === 0 && (
          <Text size="sm" c="dimmed">
            {t("sites.noBoxes")}
          </Text>
        )}
        {sorted.map((box) => (
          <Group key={box.id} justify="space-between" wrap="nowrap" gap="xs">
            <Text size="sm">{box.name}</Text>
            <Group gap={8} wrap="nowrap">
              <BoxStatus box={box} />
              {box.seen_at && (
                <Text size="xs" c="dimmed" component="span">
                  <Age at={box.seen_at} zone={site.time_zone} />
                </Text>
              )}
            </Group>
          </Group>
        ))}
        {site.boxes_unsent > 0 && <Status tone="attention">{t("sites.siteUnsent")}</Status>}
      </Stack>
    </Card>
  );
}
