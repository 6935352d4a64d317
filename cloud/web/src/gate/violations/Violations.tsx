/** What was recorded in the last days, and what waits on this device. */

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { IconAlertOctagon } from "@tabler/icons-react";
import { useState } from "react";

import type { Schema } from "../api/client";
import { violationsQuery } from "../api/queries";
import { useWords } from "../i18n";
import passes from "../passes/Passes.module.css";
import { Drawn } from "../photos/PhotoPicker";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Empty, Notice, ProblemNotice, Unreadable } from "../ui/Notice";
import { List } from "../ui/List";
import { Plate } from "../ui/Plate";
import { Status } from "../ui/Status";
import { useTimes } from "../ui/times";
import type { Queued } from "./queue";
import { useQueue } from "./useQueue";
import classes from "./Violations.module.css";

export function Violations() {
  const { t } = useWords();
  const navigate = useNavigate();
  const { data, error, refetch } = useQuery(violationsQuery);
  const { queued: kept } = useQueue();
  const queued = kept.filter(({ id }) => !data?.items.some((violation) => violation.id === id)); // it has just been sent
  const waiting = queued.filter(({ refused }) => refused === undefined).length;
  const record = (
    <Button tone="info" size="big" icon={<IconAlertOctagon aria-hidden />} onClick={() => void navigate({ to: "/violations/new" })}>
      {t("violations.record")}
    </Button>
  );
  return (
    <div className={passes["page"]}>
      <div className={passes["head"]}>
        <h1>{t("violations.title")}</h1>
        {record}
      </div>
      {waiting > 0 && <Notice tone="attention">{t("violations.waits", { count: waiting })}</Notice>}
      {error && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      <Unreadable count={data?.unreadable ?? 0} />
      <List items={queued} className={classes["list"]} line={(each) => <Waiting key={each.id} queued={each} />} />
      <List items={data?.items ?? []} className={classes["list"]} line={(violation) => <Recorded key={violation.id} violation={violation} />} />
      {data?.items.length === 0 && queued.length === 0 && <Empty title={t("violations.empty")} hint={t("violations.emptyHint")} />}
    </div>
  );
}

interface WhatProps {
  kind: Schema["ViolationKind"];
  plate: string | null;
  address: string;
}

function What({ kind, plate, address }: WhatProps) {
  const { t } = useWords();
  return (
    <span className={classes["what"]}>
      {t(`violations.kind.${kind}`)}
      {plate && <Plate canonical={plate} />}
      {address && <span>{address}</span>}
    </span>
  );
}

export function Recorded({ violation }: { violation: Schema["ViolationView"] }) {
  const { t } = useWords();
  const times = useTimes();
  return (
    <li className={classes["item"]}>
      <What kind={violation.kind} plate={violation.plate} address={violation.address} />
      <Status tone={violation.sent ? "good" : "quiet"}>{violation.sent ? t("violations.sent") : t("violations.toCloud")}</Status>
      <span>
        {violation.note} <span className={classes["dim"]}>{t("violations.by", { name: violation.guard.name, time: times.short(violation.at) })}</span>
      </span>
      <div className={classes["photos"]}>
        {violation.photos.map((path, place) => (
          <a key={path} href={path} target="_blank" rel="noreferrer">
            <img src={path} alt={t("photo.of", { place: place + 1 })} loading="lazy" />
          </a>
        ))}
      </div>
    </li>
  );
}

function Waiting({ queued }: { queued: Queued }) {
  const { t } = useWords();
  const times = useTimes();
  const [asks, setAsks] = useState(false);
  const { drop } = useQueue();
  return (
    <li className={classes["item"]} data-waits>
      <What kind={queued.body.kind} plate={queued.body.plate ?? null} address={queued.body.address ?? ""} />
      <Status tone={queued.refused === undefined ? "attention" : "bad"}>
        {queued.refused === undefined ? t("violations.waitsHere") : t("violations.refusedHere", { why: queued.refused })}
      </Status>
      <span>
        {queued.body.note} <span className={classes["dim"]}>{t("violations.by", { name: queued.guard.name, time: times.short(queued.at) })}</span>
      </span>
      <div className={classes["photos"]}>
        {queued.photos.map((photo, place) => (
          <Drawn key={place} photo={photo} alt={t("photo.of", { place: place + 1 })} />
        ))}
      </div>
      {queued.refused !== undefined && (
        <div className={classes["acts"]}>
          <Button onClick={() => setAsks(true)}>{t("violations.dropHere")}</Button>
        </div>
      )}
      {asks && (
        <Dialog title={t("violations.dropHere")} onClose={() => setAsks(false)}>
          <p>{t("violations.dropAsk")}</p>
          <Button tone="bad" size="big" onClick={() => void drop(queued.id)}>
            {t("violations.dropHere")}
          </Button>
        </Dialog>
      )}
    </li>
  );
}
