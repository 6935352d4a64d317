/** What went on at the gates: by time, by hour of the day, why people were refused, whose guests came, how fast. */

import { Button, Group, Paper, SegmentedControl, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { IconDownload, IconMoodEmpty } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { formatDate, formatDateTime, formatTime } from "@/shared/format/dates";
import { formatNumber } from "@/shared/format/numbers";
import { useNow } from "@/shared/live/useNow";
import { useListZone, useSitesHere } from "@/shared/lookups/sites";
import { DayFilter } from "@/shared/table/DayFilter";
import { FilterSelect } from "@/shared/table/FilterBar";
import { Empty } from "@/shared/ui/Empty";
import { Page } from "@/shared/ui/Page";
import { ProblemNotice } from "@/shared/ui/Problem";
import { daysOf, getStatistics, periodOf, type Statistics, workbookOf } from "./api";
import { type Bar, CountBars } from "./CountBars";
import classes from "./CountBars.module.css";
import { lastMonths, monthName } from "./months";
import { DAYS, SPANS, type StatisticsSearch } from "./search";

const FRESH_MS = 60_000;
const HOUR_S = 3600;
const LONGEST_US = 1_000_000; // the server's last bound

type Change = { [K in keyof StatisticsSearch]?: StatisticsSearch[K] | undefined };

export function StatisticsPage({ search }: { search: StatisticsSearch }) {
  const { t } = useTranslation();
  const now = useNow();
  const navigate = useNavigate();
  const sites = useSitesHere();
  const zone = useListZone(search.site) ?? "UTC";
  const { since, until } = periodOf(search, now, zone);
  const statistics = useQuery({
    queryKey: ["statistics", search, since, until],
    queryFn: () => getStatistics(search, now, zone),
    placeholderData: keepPreviousData,
    refetchInterval: FRESH_MS,
  });
  const change = (part: Change) => {
    const kept = Object.entries({ ...search, ...part }).filter(([, value]) => value !== undefined);
    void navigate({ to: ".", search: Object.fromEntries(kept) as never });
  };
  const take = (
    <Button component="a" href={workbookOf(search, now, zone)} download variant="default" leftSection={<IconDownload size={16} />}>
      {t("statistics.workbook")}
    </Button>
  );
  return (
    <Page title={t("section.statistics")} actions={take}>
      <Group gap="xs">
        <SegmentedControl
          aria-label={t("statistics.span")}
          data={[...SPANS, DAYS].map((span) => ({ value: span, label: t(`statistics.spans.${span as (typeof SPANS)[number] | typeof DAYS}`) }))}
          value={search.span ?? "week"}
          onChange={(span) => change({ span, from: undefined, to: undefined })}
        />
        {search.span === DAYS && <Days search={search} now={now} zone={zone} onChange={change} />}
        {sites.length > 1 && (
          <FilterSelect
            label={t("passes.site")}
            value={search.site}
            options={sites.map(({ id, name }) => ({ value: id, label: name }))}
            onChange={(site) => change({ site })}
          />
        )}
      </Group>
      {statistics.isError && <ProblemNotice error={statistics.error} onRetry={() => void statistics.refetch()} />}
      {statistics.data && <Told told={statistics.data} />}
    </Page>
  );
}

/** No choice of days is the present month. */
const PRESENT = { from: undefined, to: undefined };

/** A month of the calendar, or any days. */
function Days({ search, now, zone, onChange }: { search: StatisticsSearch; now: Date; zone: string; onChange: (part: Change) => void }) {
  const { t, i18n } = useTranslation();
  const { from, to } = daysOf(search, now, zone);
  const months = lastMonths(now, zone);
  const chosen = months.find((month) => month.from === from && month.to === to)?.from;
  return (
    <>
      <FilterSelect
        label={t("statistics.month")}
        value={chosen}
        options={months.map((month) => ({ value: month.from, label: monthName(month, i18n.language) }))}
        onChange={(first) => onChange(months.find((month) => month.from === first) ?? PRESENT)}
        width={190}
      />
      <DayFilter label={t("statistics.from")} value={from} zone={zone} onChange={(day) => onChange(day ? { from: day, to } : PRESENT)} />
      <DayFilter label={t("statistics.to")} value={to} zone={zone} onChange={(day) => onChange(day ? { from, to: day } : PRESENT)} />
    </>
  );
}

function Told({ told }: { told: Statistics }) {
  const { t } = useTranslation();
  const total = told.series.reduce((sum, each) => sum + each.entered + each.left + each.denied, 0);
  if (total === 0 && told.openings.length === 0) {
    return (
      <Paper withBorder>
        <Empty icon={<IconMoodEmpty size={28} />} title={t("statistics.none")} hint={t("statistics.noneHint")} />
      </Paper>
    );
  }
  return (
    <Stack gap="md">
      <Part title={t("statistics.byTime")} hint={t("statistics.zone", { zone: told.time_zone })}>
        <CountBars label={t("statistics.byTime")} bars={overTime(told)} />
      </Part>
      <Part title={t("statistics.byHour")} hint={t("statistics.byHourHint")}>
        <CountBars label={t("statistics.byHour")} bars={told.by_hour.map((each) => ({ ...each, name: String(each.hour), title: `${each.hour}:00–${each.hour}:59` }))} />
      </Part>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Denials told={told} />
        <Openings told={told} />
      </SimpleGrid>
      <Guests told={told} />
      <Speed told={told} />
    </Stack>
  );
}

/** Of an hour: the hour, with the day where it begins; of a day: the day. */
function overTime({ series, step_s: step, time_zone: zone }: Statistics): Bar[] {
  return series.map((each) => {
    const at = new Date(each.at);
    const time = formatTime(at, zone);
    const day = formatDate(at, zone);
    const isHour = step <= HOUR_S;
    return { ...each, name: isHour && time !== "00:00" ? time : day.slice(0, 5), title: isHour ? formatDateTime(at, zone) : day };
  });
}

function Part({ title, hint, children }: { title: string; hint?: string; children: ReactNode }) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Group justify="space-between" mb="sm" gap="xs">
        <Title order={2} size="h5">
          {title}
        </Title>
        {hint && (
          <Text size="xs" c="dimmed">
            {hint}
          </Text>
        )}
      </Group>
      {children}
    </Paper>
  );
}

interface Share {
  key: string;
  name: ReactNode;
  count: number;
}

function Shares({ shares, kind }: { shares: readonly Share[]; kind: "denied" | "entered" | "left" }) {
  const { t, i18n } = useTranslation();
  const most = Math.max(1, ...shares.map(({ count }) => count));
  if (shares.length === 0) return <Text c="dimmed">{t("statistics.nothing")}</Text>;
  return (
    <Stack gap="xs">
      {shares.map(({ key, name, count }) => (
        <div key={key}>
          <Group justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm">{name}</Text>
            <Text size="sm" fw={600}>
              {formatNumber(count, i18n.language)}
            </Text>
          </Group>
          <div className={classes["share"]} aria-hidden>
            <span className={classes[kind]} style={{ width: `${(count / most) * 100}%` }} />
          </div>
        </div>
      ))}
    </Stack>
  );
}

function Denials({ told }: { told: Statistics }) {
  const { t, i18n } = useTranslation();
  const words = (reason: string) => (i18n.exists(`gate.reason.${reason}`) ? t(`gate.reason.${reason}` as never) : reason);
  return (
    <Part title={t("statistics.denials")}>
      <Shares kind="denied" shares={told.denials.map(({ reason, count }) => ({ key: reason, name: words(reason), count }))} />
    </Part>
  );
}

function Openings({ told }: { told: Statistics }) {
  const { t, i18n } = useTranslation();
  // What only a newer box or cloud knows is shown as it is.
  const who = (by: string) => (i18n.exists(`statistics.openedBy.${by}`) ? t(`statistics.openedBy.${by}` as never) : by);
  const why = (code: string) => {
    if (i18n.exists(`watch.reason.${code}`)) return t(`watch.reason.${code}` as never);
    return i18n.exists(`statistics.openedHow.${code}`) ? t(`statistics.openedHow.${code}` as never) : code;
  };
  const shares = told.openings.map(({ by, reason, count }) => ({
    key: `${by} ${reason}`,
    name: [who(by), why(reason)].filter(Boolean).join(": "),
    count,
  }));
  return (
    <Part title={t("statistics.openings")} hint={t("statistics.openingsHint")}>
      <Shares kind="left" shares={shares} />
    </Part>
  );
}

const GUESTS_SHOWN = 10;

function Guests({ told }: { told: Statistics }) {
  const { t } = useTranslation();
  const shares = told.premises.slice(0, GUESTS_SHOWN).map((each) => ({
    key: each.premises_id,
    name: `${each.address} · ${t("statistics.passes", { count: each.passes })}`,
    count: each.entries,
  }));
  return (
    <Part title={t("statistics.guests")} hint={t("statistics.guestsHint")}>
      <Shares kind="entered" shares={shares} />
    </Part>
  );
}

const SPEEDS = ["decision_us", "opening_us"] as const;

/** How many took how long: a bar for each span of time. */
function Spread({ title, spread }: { title: string; spread: Statistics["speed"]["opening_us"]["spread"] }) {
  const { t, i18n } = useTranslation();
  const ms = (us: number) => t("statistics.ms", { value: formatNumber(us / 1000, i18n.language, 2) });
  const shares = spread.map(({ up_to_us: most, count }, index) => ({
    key: String(most),
    name: most === null ? t("statistics.longer", { least: ms(spread[index - 1]?.up_to_us ?? LONGEST_US) }) : t("statistics.upTo", { most: ms(most) }),
    count,
  }));
  return (
    <Stack gap="xs" role="group" aria-label={title}>
      <Text size="sm" fw={600}>
        {title}
      </Text>
      <Shares kind="entered" shares={shares} />
    </Stack>
  );
}

function Speed({ told }: { told: Statistics }) {
  const { t, i18n } = useTranslation();
  const shown = (us: number | null) => (us === null ? "—" : t("statistics.ms", { value: formatNumber(us / 1000, i18n.language, 2) }));
  return (
    <Part title={t("statistics.speed")} hint={t("statistics.speedHint")}>
      <Table.ScrollContainer minWidth={420} scrollAreaProps={{ viewportProps: { tabIndex: 0, "aria-label": t("statistics.speed") } }}>
        <Table aria-label={t("statistics.speed")} verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("statistics.what")}</Table.Th>
              <Table.Th ta="right">{t("statistics.times")}</Table.Th>
              <Table.Th ta="right">{t("statistics.p50")}</Table.Th>
              <Table.Th ta="right">p95</Table.Th>
              <Table.Th ta="right">p99</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {SPEEDS.map((name) => (
              <Table.Tr key={name}>
                <Table.Td>{t(`statistics.${name}`)}</Table.Td>
                <Table.Td ta="right">{formatNumber(told.speed[name].count, i18n.language)}</Table.Td>
                <Table.Td ta="right">{shown(told.speed[name].p50)}</Table.Td>
                <Table.Td ta="right">{shown(told.speed[name].p95)}</Table.Td>
                <Table.Td ta="right">{shown(told.speed[name].p99)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="xl" mt="md">
        {SPEEDS.map((name) => (
          <Spread key={name} title={t(`statistics.${name}`)} spread={told.speed[name].spread} />
        ))}
      </SimpleGrid>
    </Part>
  );
}
