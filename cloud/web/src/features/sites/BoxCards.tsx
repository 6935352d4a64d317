/** Boxes as cards: state and age, what waits to be sent, which passes and configuration they hold. */

import { Button, Card, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { IconRouter } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { formatNumber, formatQuantity } from "@/shared/format/numbers";
import { useMay } from "@/shared/session/me";
import { Age } from "@/shared/ui/Age";
import { Empty } from "@/shared/ui/Empty";
import { Facts } from "@/shared/ui/Facts";
import { later, useSoon } from "@/shared/ui/later";
import { Status } from "@/shared/ui/Status";
import type { Box, Site } from "./api";
import { CodeDialog } from "./CodeDialog";
import { ConfigDialog } from "./ConfigDialog";
import { JournalDialog } from "./JournalDialog";
import { RevokeBoxDialog } from "./RevokeBoxDialog";
import { PageWarning } from "./PageWarning";
import { pageText } from "./pageState";
import { boxCondition, BoxStatus } from "./states";

const loadFireDialog = async () => (await import("./FireDialog")).FireDialog;
const FireDialog = later(loadFireDialog);
const loadPageDialog = async () => (await import("./PageDialog")).PageDialog;
const PageDialog = later(loadPageDialog);

type ActType = "code" | "config" | "journal" | "revoke" | "fire" | "page";
type Act = { type: ActType; box: string } | null;

interface BoxCardsProps {
  boxes: Box[];
  site: Site;
  onRemove: ((box: Box) => void) | null;
}

export function BoxCards({ boxes, site, onRemove }: BoxCardsProps) {
  const { t } = useTranslation();
  useSoon(loadFireDialog);
  useSoon(loadPageDialog);
  const [act, setAct] = useState<Act>(null);
  const close = () => setAct(null);
  const box = boxes.find(({ id }) => id === act?.box); // as it is now, not as it was when the dialog opened
  if (boxes.length === 0) {
    return (
      <Card withBorder p={0}>
        <Empty icon={<IconRouter size={28} />} title={t("sites.noBoxes")} hint={t("sites.noBoxesHint")} />
      </Card>
    );
  }
  return (
    <>
      <SimpleGrid cols={{ base: 1, md: 2, xl: 3 }}>
        {boxes.map((each) => (
          <BoxCard key={each.id} box={each} site={site} onAct={(type) => setAct({ type, box: each.id })} onRemove={onRemove && (() => onRemove(each))} />
        ))}
      </SimpleGrid>
      {box && act?.type === "code" && <CodeDialog box={box} onClose={close} />}
      {box && act?.type === "config" && <ConfigDialog box={box} onClose={close} />}
      {box && act?.type === "fire" && <FireDialog box={box} onClose={close} />}
      {box && act?.type === "page" && <PageDialog box={box} site={site} onClose={close} />}
      {box && act?.type === "journal" && <JournalDialog box={box} site={site} onClose={close} />}
      {box && act?.type === "revoke" && <RevokeBoxDialog box={box} onClose={close} />}
    </>
  );
}

interface BoxCardProps {
  box: Box;
  site: Site;
  onAct: (type: ActType) => void;
  onRemove: (() => void) | null;
}

function BoxCard({ box, site, onAct, onRemove }: BoxCardProps) {
  const { t } = useTranslation();
  const may = useMay();
  const condition = boxCondition(box);
  return (
    <Card withBorder data-row>
      <Stack gap="xs">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Text fw={650}>{box.name}</Text>
          <BoxStatus box={box} />
        </Group>
        <BoxFacts box={box} site={site} />
        {condition !== "revoked" && <Status tone={box.unsent ? "attention" : "good"}>{t(box.unsent ? "sites.configUnsent" : "sites.configAllSent")}</Status>}
        {condition !== "revoked" && <PageWarning box={box} zone={site.time_zone} />}
        <Group gap="xs">
          {condition === "new" && may("boxes.enrol") && (
            <Button size="xs" onClick={() => onAct("code")}>
              {t("sites.getCode")}
            </Button>
          )}
          {condition !== "revoked" && may("sites.manage") && (
            <Button size="xs" variant={box.unsent && condition !== "new" ? "filled" : "default"} onClick={() => onAct("config")}>
              {t("sites.configuration")}
            </Button>
          )}
          {condition !== "revoked" && may("sites.manage") && (
            <Button size="xs" variant="default" onClick={() => onAct("fire")}>
              {t("sites.fire.button")}
            </Button>
          )}
          {condition !== "revoked" && condition !== "new" && may("sites.manage") && (
            <Button size="xs" variant="default" onClick={() => onAct("page")}>
              {t("sites.page.button")}
            </Button>
          )}
          {condition !== "new" && may("audit.read") && (
            <Button size="xs" variant="default" onClick={() => onAct("journal")}>
              {t("sites.journal")}
            </Button>
          )}
          {condition !== "revoked" && condition !== "new" && may("boxes.enrol") && (
            <Button size="xs" variant="subtle" color="gray" c="var(--domovoy-denied)" onClick={() => onAct("revoke")}>
              {t("sites.revokeBox")}
            </Button>
          )}
          {condition === "new" && onRemove && (
            <Button size="xs" variant="subtle" color="gray" c="var(--domovoy-denied)" onClick={onRemove}>
              {t("action.delete")}
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  );
}

function BoxFacts({ box, site }: { box: Box; site: Site }) {
  const { t, i18n } = useTranslation();
  const number = (value: number) => formatNumber(value, i18n.language);
  const of = (held: number | null, wanted: number) => (held === wanted ? number(wanted) : t("sites.heldOf", { held: held === null ? "—" : number(held), wanted: number(wanted) }));
  const waiting = (box.events_waiting ?? 0) + (box.readings_waiting ?? 0);
  if (!box.enrolled_at) return <Text size="sm">{t("sites.notEnrolled")}</Text>;
  return (
    <Facts
      items={[
        [t("sites.seen"), box.seen_at ? <Age at={box.seen_at} zone={site.time_zone} /> : t("never")],
        [t("sites.passVersion"), of(box.pass_version, box.pass_version_wanted)],
        [t("sites.configVersion"), of(box.config_version, box.config_version_wanted)],
        [
          t("sites.waiting"),
          waiting > 0 ? (
            <>
              {t("sites.records", { count: waiting, shown: number(waiting) })}
              {box.oldest_waiting_at && (
                <>
                  , <Age at={box.oldest_waiting_at} zone={site.time_zone} />
                </>
              )}
            </>
          ) : (
            t("sites.nothingWaits")
          ),
        ],
        [t("sites.clock"), box.clock ? t(`sites.clockState.${box.clock as "trusted"}`, { defaultValue: box.clock }) : null],
        [t("sites.disk"), box.disk_free_mb === null ? null : formatQuantity(box.disk_free_mb / 1024, t("unit.gigabyte"), i18n.language, 1)],
        [t("sites.software"), box.software],
        [t("sites.page.fact"), box.page && pageText(box.page, site.time_zone, t)],
      ]}
    />
  );
}
