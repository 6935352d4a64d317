/** One meter: its newest values, its curve, and the same numbers as a table. */

import { Alert, Box, Button, Card, Chip, Group, Paper, SegmentedControl, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Problem } from "@/shared/api/problem";
import { formatQuantity } from "@/shared/format/numbers";
import { useNow } from "@/shared/live/useNow";
import { useZoneOf } from "@/shared/lookups/sites";
import { useMay } from "@/shared/session/me";
import { useLastSearch } from "@/shared/table/lastSearch";
import { Age } from "@/shared/ui/Age";
import { BackLink } from "@/shared/ui/BackLink";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { useLate } from "@/shared/ui/useLate";
import { getChart, getMeter, getSeries, seriesOf, type SeriesRow } from "./api";
import { ChartTable } from "./ChartTable";
import { RemoveMeterDialog } from "./RemoveMeterDialog";
import { type ChartSearch, type Span, SPANS, type Step, STEPS } from "./search";
import { SeriesChart } from "./SeriesChart";
import { coarser, MOVES, moved, type View, windowOf } from "./span";
import { unitText } from "@/shared/i18n/units";
import { channelText } from "./words";

/** A chart with its legend. */
const CHART_PX = 324;
const FRESH_MS = 30_000;

interface MeterPageProps {
  meterId: string;
  search: ChartSearch;
}

export function MeterPage({ meterId, search }: MeterPageProps) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const lastSearch = useLastSearch();
  const meter = useQuery({ queryKey: ["meters", "one", meterId], queryFn: () => getMeter(meterId) });
  const series = useQuery({ queryKey: ["series", "of", meterId], queryFn: () => seriesOf(meterId) });
  const all = series.data ?? [];
  // What was consumed is what people come for: a counter first.
  const shown = all.find(({ id }) => id === search.series) ?? all.find(({ kind }) => kind === "counter") ?? all[0];
  const change = (part: { [K in keyof ChartSearch]?: ChartSearch[K] | undefined }) => {
    const kept = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined);
    void navigate({ to: ".", search: Object.fromEntries(kept) as never, resetScroll: false });
  };
  const mayManage = useMay()("meters.manage");
  const [isRemoving, removing] = useDisclosure();
  // The heading may be of two lines, and the chips of several: what stands below waits for them.
  const isPending = meter.isPending || series.isPending;
  const isWaiting = useLate(isPending);
  const failed = [meter, series].find((query) => query.isError);
  const remove = mayManage && meter.data && (
    <Button variant="default" c="var(--domovoy-denied)" onClick={removing.open}>
      {t("meters.remove")}
    </Button>
  );
  return (
    <Page title={meter.data?.name ?? t("meters.meter")} note={meter.data && [t(`meters.resources.${meter.data.resource}`), meter.data.serial].filter(Boolean).join(" · ")} actions={remove} back={<BackLink to="/desk/meters">{t("section.meters")}</BackLink>}>
      {failed?.error && <ProblemNotice error={failed.error} onRetry={() => void failed.refetch()} />}
      {isWaiting && <Skeleton height={420} />}
      {!isPending && <Chip.Group value={String(shown?.id ?? "")} onChange={(id) => change({ series: Number(id) })}>
        <Group gap={6} role="radiogroup" aria-label={t("meters.channels")}>
          {all.map((one) => (
            <Chip key={one.id} value={String(one.id)} size="xs">
              {channelText(one.channel, one.name, t)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>}
      {!isPending && shown && <SeriesPart key={shown.id} series={shown} search={search} onChange={change} />}
      {isRemoving && meter.data && (
        <RemoveMeterDialog meter={meter.data} onClose={removing.close} onDone={() => void navigate({ to: "/desk/meters", search: lastSearch("/desk/meters") })} />
      )}
    </Page>
  );
}

interface SeriesPartProps {
  series: SeriesRow;
  search: ChartSearch;
  onChange: (part: { [K in keyof ChartSearch]?: ChartSearch[K] | undefined }) => void;
}

function SeriesPart({ series, search, onChange }: SeriesPartProps) {
  const { t } = useTranslation();
  const now = useNow();
  const { begin, end, step } = windowOf(search, now);
  const chart = useQuery({
    queryKey: ["chart", series.id, begin.getTime(), end.getTime(), step],
    queryFn: () => getChart(series.id, begin, end, step),
    placeholderData: keepPreviousData,
  });
  const isWaiting = useLate(chart.isPending);
  const isInTheHand = useMediaQuery("(pointer: coarse), (max-width: 48em)", false, { getInitialValueInEffect: false });
  const isZoomed = search.from !== undefined;
  return (
    <Stack gap="md">
      <Numbers series={series} consumption={chart.data?.consumption ?? null} />
      <Paper withBorder p="sm">
        <Group justify="space-between" mb="xs" gap="xs">
          <SegmentedControl
            size="xs"
            aria-label={t("meters.span")}
            data={SPANS.map((span) => ({ value: span, label: t(`meters.spans.${span}`) }))}
            value={isZoomed ? "" : (search.span ?? "day")}
            onChange={(span) => onChange({ span: span as Span, from: undefined, until: undefined, step: undefined })}
          />
          <SegmentedControl
            size="xs"
            aria-label={t("meters.step")}
            data={STEPS.map((one) => ({ value: one, label: t(`meters.steps.${one}`) }))}
            value={step}
            onChange={(one) => onChange({ step: one })}
          />
        </Group>
        <Steps view={{ begin, end }} now={now} isZoomed={isZoomed} onChange={onChange} />
        {chart.isError && <Refused error={chart.error} step={step} onStep={(one) => onChange({ step: one })} onRetry={() => void chart.refetch()} />}
        <Box mih={CHART_PX}>
          {isWaiting && <Skeleton height={CHART_PX} />}
          {chart.data && <SeriesChart chart={chart.data} onZoom={(from, until) => onChange({ from, until, step: undefined })} />}
        </Box>
        {!isInTheHand && (
          <Text size="xs" c="dimmed" mt={4}>
            {t("meters.zoomHint")}
          </Text>
        )}
      </Paper>
      {chart.data && <ChartTable chart={chart.data} />}
    </Stack>
  );
}

interface RefusedProps {
  error: Error;
  step: Step;
  onStep: (step: Step) => void;
  onRetry: () => void;
}

/** More points than can be drawn are offered in a coarser step: asking for them again helps nobody. */
function Refused({ error, step, onStep, onRetry }: RefusedProps) {
  const { t } = useTranslation();
  const fitting = coarser(step);
  if (!(error instanceof Problem) || error.code !== "range_invalid" || !fitting) return <ProblemNotice error={error} onRetry={onRetry} />;
  return (
    <Alert color="yellow" role="alert">
      <Group justify="space-between">
        <Text size="sm">{t("meters.tooMany")}</Text>
        <Button size="xs" variant="default" onClick={() => onStep(fitting)}>
          {t(`meters.inSteps.${fitting}`)}
        </Button>
      </Group>
    </Alert>
  );
}

interface StepsProps {
  view: View;
  now: Date;
  isZoomed: boolean;
  onChange: SeriesPartProps["onChange"];
}

/** The shown part of time, moved without a mouse. What leads nowhere keeps its place and the focus. */
function Steps({ view, now, isZoomed, onChange }: StepsProps) {
  const { t } = useTranslation();
  const show = (to: View | null) => to && onChange({ from: to.begin.getTime(), until: to.end.getTime(), step: undefined });
  const button = (isIdle: boolean) => ({ variant: "default", h: 44, px: "xs", "data-disabled": isIdle, "aria-disabled": isIdle });
  return (
    <Group gap={6} mb="xs" role="group" aria-label={t("meters.shownPart")}>
      {MOVES.map((move) => {
        const to = moved(view, move, now);
        return (
          <Button key={move} {...button(to === null)} onClick={() => show(to)}>
            {t(`meters.moves.${move}`)}
          </Button>
        );
      })}
      <Button {...button(!isZoomed)} onClick={() => isZoomed && onChange({ from: undefined, until: undefined, step: undefined })}>
        {t("meters.zoomOut")}
      </Button>
    </Group>
  );
}

function Numbers({ series, consumption }: { series: SeriesRow; consumption: number | null }) {
  const { t, i18n } = useTranslation();
  const unit = unitText(series.unit, i18n.language);
  const zone = useZoneOf()(series.site_id);
  const latest = useQuery({ queryKey: ["series", "one", series.id], queryFn: () => getSeries(series.id), refetchInterval: FRESH_MS }).data?.latest;
  return (
    <SimpleGrid cols={{ base: 2, md: 4 }} spacing="sm">
      <Card withBorder p="sm">
        <Text size="xs" c="dimmed" mih={{ base: 34, sm: 17 }}>
          {t("meters.latest")} {latest && <Age at={latest.at} zone={zone} />}
        </Text>
        <Text fz={{ base: 17, sm: 22 }} fw={650} data-testid="latest-value">
          {latest?.value === null || latest?.value === undefined ? "—" : formatQuantity(latest.value, unit, i18n.language)}
        </Text>
      </Card>
      {consumption !== null && (
        <Card withBorder p="sm">
          <Text size="xs" c="dimmed">
            {t("meters.consumed")}
          </Text>
          <Text fz={{ base: 17, sm: 22 }} fw={650}>
            {formatQuantity(consumption, unit, i18n.language)}
          </Text>
        </Card>
      )}
    </SimpleGrid>
  );
}
