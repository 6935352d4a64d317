/** Thin bars beneath the search: one's own connection, the box's with the cloud, who waits while one looks elsewhere. */

import { useQuery } from "@tanstack/react-query";
import { Link, useLocation } from "@tanstack/react-router";
import { IconAlertTriangleFilled, IconClockExclamation, IconCloudOff, IconPlugConnectedX } from "@tabler/icons-react";
import type { ReactNode } from "react";

import { formatAge } from "@/shared/format/dates";
import type { Schema } from "../api/client";
import { useLiveStatus } from "../api/Live";
import { Problem } from "../api/problem";
import { boardQuery } from "../api/queries";
import { useWords } from "../i18n";
import { useTimes } from "../ui/times";
import { whoOf } from "../now/verdict";
import classes from "./Shell.module.css";

export function Bars() {
  const board = useQuery(boardQuery);
  const live = useLiveStatus();
  const isUnheard = live?.state === "lost" || (board.error instanceof Problem && board.error.isTemporary);
  const since = live?.state === "lost" ? live.since : new Date(board.dataUpdatedAt);
  return (
    <div className={classes["bars"]}>
      {isUnheard && <Lost since={since} />}
      {board.data && !isUnheard && <LinkBars link={board.data.link} now={new Date(board.data.now)} />}
      {board.data && <Waiting lanes={board.data.lanes} />}
    </div>
  );
}

function Bar({ tone, icon, children }: { tone: "quiet" | "attention" | "bad"; icon: ReactNode; children: ReactNode }) {
  return (
    <div className={classes["bar"]} data-tone={tone} role="status">
      {icon}
      <span>{children}</span>
    </div>
  );
}

function Lost({ since }: { since: Date }) {
  const { t } = useWords();
  const times = useTimes();
  return (
    <Bar tone="bad" icon={<IconPlugConnectedX size={18} aria-hidden />}>
      {t("link.lost", { time: times.short(since) })}
    </Bar>
  );
}

function LinkBars({ link, now }: { link: Schema["Link"]; now: Date }) {
  const { t, language } = useWords();
  const times = useTimes();
  const age = formatAge(new Date(now.getTime() - link.list_age_s * 1000), now, language);
  return (
    <>
      {link.away_since && (
        <Bar tone="quiet" icon={<IconCloudOff size={18} aria-hidden />}>
          {[t("link.away", { time: times.short(link.away_since) }), t("link.queued", { count: link.queued }), !link.stale && t("link.listAge", { age })].filter(Boolean).join(", ")}
        </Bar>
      )}
      {link.stale && (
        <Bar tone="attention" icon={<IconAlertTriangleFilled size={18} aria-hidden />}>
          {t("link.stale", { age })}
        </Bar>
      )}
      {link.clock === "unknown" && (
        <Bar tone="attention" icon={<IconClockExclamation size={18} aria-hidden />}>
          {t("link.clockUnknown")}
        </Bar>
      )}
    </>
  );
}

/** On another screen: a press leads to whoever waits. */
function Waiting({ lanes }: { lanes: readonly Schema["Lane"][] }) {
  const { t } = useWords();
  const isThere = useLocation({ select: ({ pathname }) => /^(\/gate)?\/?$/.test(pathname) });
  if (isThere) return null;
  return lanes.flatMap((lane) =>
    lane.waiting.map((passage) => (
      <Link key={passage.id} to="/" className={classes["bar"]}>
        <IconAlertTriangleFilled size={20} aria-hidden />
        {t("now.waits", { lane: lane.name, who: whoOf(passage, t) })}
      </Link>
    )),
  );
}
