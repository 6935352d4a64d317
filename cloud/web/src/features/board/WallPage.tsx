/** The gates on a screen at the wall: the lanes alone, to be read from three metres, without a mouse. */

import { Card, Group, Stack, Text } from "@mantine/core";
import { useViewportSize } from "@mantine/hooks";
import { IconArrowDownLeft, IconArrowUpRight } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { useSites, useZoneOf } from "@/shared/lookups/sites";
import { useFresh } from "@/shared/table/useFresh";
import { Age } from "@/shared/ui/Age";
import { Plate } from "@/shared/ui/Plate";
import { ProblemNotice } from "@/shared/ui/Problem";
import { TONE_COLOUR } from "@/shared/ui/Status";
import type { LaneRow, Passage } from "./api";
import { credentialText } from "./credential";
import { flagText, reasonText } from "./noticed";
import { Still } from "@/shared/ui/Still";
import { useLanes } from "./useLanes";
import { columnsFor } from "./wall";
import { VERDICT_TONE, verdictOf } from "./Verdict";
import classes from "./WallPage.module.css";

export function WallPage() {
  const { t } = useTranslation();
  const lanes = useLanes();
  const fresh = useFresh("passage");
  const { width, height } = useViewportSize();
  const columns = columnsFor(lanes.data?.length ?? 0, width, height);
  useEffect(() => {
    document.title = `${t("section.board")} · ${t("product")}`;
  }, [t]);
  return (
    <>
      {lanes.isError && <ProblemNotice error={lanes.error} />}
      {lanes.data?.length === 0 && (
        <Text fz={32} ta="center" mt="20vh">
          {t("gate.none")}
        </Text>
      )}
      <section className={classes["lanes"]} style={{ gridTemplateColumns: `repeat(${columns}, minmax(0, 1fr))` }} aria-label={t("gate.lanes")} aria-live="polite">
        {lanes.data?.map((lane) =>
          lane.passage ? (
            <WallLane key={lane.point_id} passage={lane.passage} isFresh={fresh.has(lane.passage.id)} />
          ) : (
            <QuietLane key={lane.point_id} lane={lane} />
          ),
        )}
      </section>
    </>
  );
}

/** A point where nobody has come yet is still a point. */
function QuietLane({ lane }: { lane: LaneRow }) {
  const { t } = useTranslation();
  return (
    <Card withBorder p="md" component="article" data-lane={lane.point} className={classes["lane"] ?? ""}>
      <Text className={classes["point"] ?? ""} component="h2">
        {lane.point}
      </Text>
      <Text className={classes["host"] ?? ""}>{t("gate.nobodyYet")}</Text>
    </Card>
  );
}

function WallLane({ passage, isFresh }: { passage: Passage; isFresh: boolean }) {
  const { t, i18n } = useTranslation();
  const zone = useZoneOf()(passage.site_id);
  const hasSites = useSites().length > 1;
  const word = verdictOf(passage);
  const Arrow = passage.direction === "out" ? IconArrowUpRight : IconArrowDownLeft;
  return (
    <Card withBorder p="md" component="article" data-lane={passage.point} data-fresh={isFresh || undefined} className={classes["lane"] ?? ""}>
      <div className={classes["body"]}>
        <Stack gap="xs" className={classes["words"] ?? ""}>
          <Group justify="space-between" wrap="nowrap" align="baseline">
            <Text className={classes["point"] ?? ""} component="h2">
              <Arrow size="0.9em" role="img" aria-label={t(`gate.direction.${passage.direction}`)} /> {passage.point}
              {hasSites && <span className={classes["site"]}>{passage.site}</span>}
            </Text>
            <Text className={classes["age"] ?? ""} component="span">
              <Age at={passage.at} zone={zone} />
            </Text>
          </Group>
          <p className={classes["verdict"]} style={{ background: TONE_COLOUR[VERDICT_TONE[word]] }}>
            {t(`gate.verdict.${word}`)}
          </p>
          <Group justify="space-between" className={classes["who"] ?? ""}>
            {passage.plate ? <span className={classes["plate"]}><Plate canonical={passage.plate} size="fit" /></span> : <span>{credentialText(passage, t)}</span>}
            <span>{[reasonText(passage, t, i18n.language), ...passage.flags.map((flag) => flagText(flag, passage, t, i18n.language))].join(". ")}</span>
          </Group>
          <Text className={classes["host"] ?? ""}>{[passage.holder, passage.host, passage.address].filter(Boolean).join(" · ")}</Text>
        </Stack>
        <div className={classes["picture"]}>
          <Still passage={passage} label={t("gate.stillOf", { what: passage.plate ?? credentialText(passage, t) })} height="100%" />
        </div>
      </div>
    </Card>
  );
}
