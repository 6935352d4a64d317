/** A pass in brief, as the guard needs it at the lane: for whom, to whom, where, and a call. */

import { Link } from "@tanstack/react-router";
import { IconPhone } from "@tabler/icons-react";

import { formatPhone } from "@/shared/format/numbers";
import type { Schema } from "../api/client";
import { useWords } from "../i18n";
import { ButtonLink } from "../ui/Button";
import { Notice } from "../ui/Notice";
import { useTimes } from "../ui/times";
import classes from "./Lane.module.css";

export type PassRow = Schema["PassRow"];

export function usePassWords() {
  const { t } = useWords();
  const times = useTimes();
  return {
    who: (row: PassRow) => row.holder || row.vehicle || row.plates[0] || t(`passes.kind.${row.kind}`),
    terms: (row: PassRow) =>
      [
        row.valid_until ? t("passes.validUntil", { time: times.short(row.valid_until) }) : t("passes.forever"),
        row.entries === null ? null : t("passes.entries", { used: row.used, entries: row.entries }),
      ]
        .filter(Boolean)
        .join(", "),
  };
}

type Whose = "host" | "guest";

export function Call({ phone, whose }: { phone: string; whose?: Whose }) {
  const { t } = useWords();
  const shown = formatPhone(phone);
  const of = whose && t(`whose.${whose}`);
  return (
    <ButtonLink href={`tel:${phone}`} aria-label={[t("tel", { phone: shown }), of].filter(Boolean).join(" ")} icon={<IconPhone aria-hidden />}>
      <span className={classes["number"]}>{shown}</span> {of}
    </ButtonLink>
  );
}

/** Whom a guard may call about a pass or a visit: the host first. Whose the other number is need be said beside it alone. */
export function Calls({ of }: { of: { phone: string | null; host_phone: string | null } }) {
  if (!(of.host_phone ?? of.phone)) return null;
  return (
    <div className={classes["calls"]}>
      {of.host_phone && <Call phone={of.host_phone} whose="host" />}
      {of.phone && <Call phone={of.phone} {...(of.host_phone && { whose: "guest" })} />}
    </div>
  );
}

export function PassBrief({ row }: { row: PassRow }) {
  const { t } = useWords();
  const words = usePassWords();
  const isBlocked = row.status === "blacklisted";
  return (
    <div className={classes["pass"]}>
      <div>
        <Link to="/passes/$id" params={{ id: row.id }} className={classes["holder"]}>
          {words.who(row)}
        </Link>
        <p>{[row.host, row.address].filter(Boolean).join(", ")}</p>
        <p className={classes["dim"]}>
          {[row.vehicle !== words.who(row) && row.vehicle, row.service || t(`passes.kind.${row.kind}`), words.terms(row)].filter(Boolean).join(" · ")}
        </p>
      </div>
      <Calls of={row} />
      {isBlocked && <Notice tone="bad">{t("passes.blocked", { why: row.blocked || t("passes.blockedNoReason") })}</Notice>}
    </div>
  );
}
