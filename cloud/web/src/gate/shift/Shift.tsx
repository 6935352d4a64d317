/** The shift that runs: what has happened in it, notes, handing over; and the shifts before it. */

import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { IconLogout } from "@tabler/icons-react";
import { useState } from "react";

import { answer, api } from "../api/client";
import { meQuery, reportQuery, shiftsQuery } from "../api/queries";
import { useWords } from "../i18n";
import passes from "../passes/Passes.module.css";
import { useSession } from "../session";
import { Button } from "../ui/Button";
import { Dialog } from "../ui/Dialog";
import { Field } from "../ui/Field";
import { List } from "../ui/List";
import { Notice, ProblemNotice } from "../ui/Notice";
import { AddNote } from "./AddNote";
import { PaperButtons } from "./Report";
import { ReportBody, useShiftWords } from "./ReportBody";
import classes from "./Shift.module.css";

const FRESH_MS = 30_000;

export function Shift() {
  const { t } = useWords();
  const { shift } = useSession();
  const shiftWords = useShiftWords();
  const { data: report, error, refetch } = useQuery({ ...reportQuery(shift.id), refetchInterval: FRESH_MS });
  const [ends, setEnds] = useState(false);
  return (
    <div className={passes["card"]}>
      <div className={passes["top"]}>
        <h1>{t("shift.title")}</h1>
        <PaperButtons id={shift.id} />
        <Button className={classes["screen"]} tone="info" size="big" icon={<IconLogout aria-hidden />} onClick={() => setEnds(true)}>
          {t("shift.end")}
        </Button>
      </div>
      <p>{shiftWords(shift)}</p>
      {error && !report && <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {report && <ReportBody report={report} />}
      <section className={`${passes["part"]} ${classes["screen"]}`}>
        <AddNote label={t("shift.addNote")} about={{}} />
      </section>
      <Earlier />
      {ends && <HandOver cardsOut={report?.cards_out ?? 0} onClose={() => setEnds(false)} />}
    </div>
  );
}

function Earlier() {
  const { t } = useWords();
  const { shift } = useSession();
  const shiftWords = useShiftWords();
  const { data } = useQuery(shiftsQuery);
  const earlier = data?.items.filter(({ id }) => id !== shift.id) ?? [];
  return (
    <section className={`${passes["part"]} ${classes["screen"]}`}>
      <h2>{t("shift.earlier")}</h2>
      {data && earlier.length === 0 && <p className={classes["dim"]}>{t("shift.noEarlier")}</p>}
      <List
        items={earlier}
        className={classes["earlier"]}
        line={(each) => (
          <li key={each.id}>
            <Link to="/shift/$id" params={{ id: each.id }}>
              {shiftWords(each)}
              {each.note && <span className={classes["dim"]}>{each.note}</span>}
            </Link>
          </li>
        )}
      />
    </section>
  );
}

function HandOver({ cardsOut, onClose }: { cardsOut: number; onClose: () => void }) {
  const { t } = useWords();
  const { shift } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [note, setNote] = useState("");
  const ending = useMutation({
    mutationFn: () => answer(api.POST("/gate/api/shifts/{id}/end", { params: { path: { id: shift.id } }, body: { note: note.trim() } })),
    onSuccess: async () => {
      await navigate({ to: "/" }); // whoever comes next begins at the lanes
      await client.resetQueries({ queryKey: meQuery.queryKey });
    },
  });
  return (
    <Dialog title={t("shift.endTitle")} onClose={onClose}>
      {cardsOut > 0 && <Notice tone="attention">{t("shift.cardsOut", { count: cardsOut })}</Notice>}
      <Field label={t("shift.endNote")} description={t("shift.endNoteHint")} optional multiline autoFocus value={note} onChange={setNote} maxLength={500} />
      {ending.error && <ProblemNotice error={ending.error} />}
      <Button tone="info" size="big" disabled={ending.isPending} onClick={() => ending.mutate()}>
        {t("shift.endButton")}
      </Button>
    </Dialog>
  );
}
